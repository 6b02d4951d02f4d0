#!/usr/bin/python3
"""Good files of every format with a few of their bytes spoilt, always the same ones: whatever a reader finds, it opens
the file or says why not. With --seeds DIRECTORY the good files alone are written, for libFuzzer to begin with."""
import gzip
import io
import os
import random
import subprocess
import sys
import tempfile
import unittest
import zlib
from pathlib import Path

import numpy as np

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "cli"))
os.environ.setdefault("GRANULITH", "")
os.environ.setdefault("MPIEXEC", "")
# pylint: disable=wrong-import-position
import dream3d
import test_ebsd
import test_metaimage
import test_nrrd
import test_tesr
import test_tiff
import test_vti
import test_vtk_legacy

LABELS = np.arange(24).reshape(4, 3, 2) % 7
EULER = np.zeros((3, 4, 3)) + np.linspace(0, 1, 4)[:, None]
PIECES = (b"", b"\0", b"\xff", b"-", b"0", b"9" * 12, b" ", b"\n", b"nan", b"\xff" * 4, b"\0\0\0\x80", b"\xff" * 8)
NUM_SPOILT = 150


def saved(write, name):
    with tempfile.TemporaryDirectory() as folder:
        write(Path(folder) / name)
        return (Path(folder) / name).read_bytes()


def npy(labels, fortran=False):
    file = io.BytesIO()
    np.save(file, np.asfortranarray(labels) if fortran else labels)
    return file.getvalue()


def good_files():
    """By format."""
    volume = {"phases": np.minimum(LABELS, 1), "grain_phases": [0] + [1] * 6, "euler": np.zeros((7, 3)),
              "crystals": [dream3d.CUBIC], "names": ["grain"]}
    turned = {**volume, "voxel_euler": 0.1 * np.arange(72).reshape(4, 3, 2, 3)}
    return {
        ".npy": [npy(LABELS), npy(LABELS.astype(">u2"), fortran=True), npy(LABELS > 3)],
        ".tif": [test_tiff.GOOD, test_tiff.tiff(test_tiff.labels("uint16"), compression="zlib"),
                 test_tiff.tiff(test_tiff.labels("uint8"), imagej=True, metadata={"axes": "ZYX", "spacing": 1.0, "unit": "um"})],
        ".vti": [test_vti.vti().encode(), saved(lambda path: test_vti.write(path, test_vti.image([("a", test_vti.LABELS)])), "a.vti"),
                 saved(lambda path: test_vti.write(path, test_vti.image([("a", test_vti.LABELS)]), "Binary", True, False), "a.vti")],
        ".vtk": [test_vtk_legacy.typed(), test_vtk_legacy.BINARY + np.arange(1, 9).astype(">i4").tobytes(),
                 test_vtk_legacy.typed(more="FIELD f 2\na 1 8 int\n1 2 3 4 5 6 7 8\nb 2 8 float\n" + "0.5 " * 16 + "\n")],
        ".nrrd": [test_nrrd.typed(), test_nrrd.typed({"raw": "gzip"}, gzip.compress(test_nrrd.BYTES, mtime=0)),
                  test_nrrd.typed({"raw": "text"}, b"1 2 3 4 5 6 7 8\n", "space: right-anterior-superior\nspace directions: (1,0,0) (0,1,0) (0,0,1)\n")],
        ".mha": [test_metaimage.typed(), test_metaimage.typed(test_metaimage.ZLIB, zlib.compress(test_metaimage.BYTES)),
                 test_metaimage.typed(test_metaimage.TEXT, b"1 2 3 4 5 6 7 8\n", "ElementSpacing = 1 1 1\n")],
        ".dream3d": [saved(lambda path: dream3d.write7(path, LABELS, **volume), "a.dream3d"),
                     saved(lambda path: dream3d.write7(path, LABELS, **turned), "a.dream3d")],
        ".tesr": [content if isinstance(content, bytes) else content.encode()
                  for content in (test_tesr.tesr(LABELS, form) for form in ("ascii", "binary16"))],
        ".ang": [test_ebsd.ang(EULER).encode()],
        ".ctf": [test_ebsd.ctf(EULER).encode()],
        ".raw": [bytes(range(49))],
    }


def spoil(content, draw):
    for _ in range(draw.randint(1, 3)):
        at = draw.randrange(len(content) + 1)
        upto = min(len(content), at + draw.choice((0, 1, 1, 1, 2, 4, 8, 40)))
        kind = draw.randrange(6)
        if kind == 0:
            content = content[:at]
        elif kind == 1:
            content = content[:upto] + content[at:]
        elif kind == 2 and at < len(content):
            content = content[:at] + bytes([content[at] ^ 1 << draw.randrange(8)]) + content[at + 1:]
        else:
            content = content[:at] + draw.choice(PIECES) + content[upto:]
    return content


class Replay(unittest.TestCase):
    def replay(self, form, contents):
        with tempfile.TemporaryDirectory() as folder:
            paths = []
            for n, content in enumerate(contents):
                paths.append(Path(folder) / str(n))
                paths[-1].write_bytes(content)
            options = os.environ.get("ASAN_OPTIONS", "") + ":allocator_may_return_null=1"  # HDF5 asks for what is claimed
            done = subprocess.run([os.environ["FUZZ_REPLAY"], *map(str, paths)], check=False, capture_output=True, text=True,
                                  env={**os.environ, "GRANULITH_FUZZ_FORMAT": form, "ASAN_OPTIONS": options})
            if done.returncode:
                last = Path(done.stdout.split()[-1]).read_bytes() if done.stdout else b""
                self.fail(f"{form}: status {done.returncode} at {last!r}\n{done.stderr}")
            outcomes = done.stdout.split()[1::2]
            self.assertEqual(len(outcomes), len(paths))
            self.assertLessEqual(set(outcomes), {"read", "refused"})
            return outcomes

    def test_spoilt_files(self):
        for form, files in good_files().items():
            with self.subTest(form):
                draw = random.Random(form)
                spoilt = [spoil(draw.choice(files), draw) for _ in range(NUM_SPOILT)]
                outcomes = self.replay(form, [*files, *spoilt])
                self.assertEqual(outcomes[:len(files)], ["read"] * len(files))
                self.assertIn("refused", outcomes)

    def test_what_fuzzing_found(self):
        """Each stopped the program in some other way than by a message."""
        found = sorted((HERE / "found").iterdir())
        self.assertTrue(found)
        for path in found:
            with self.subTest(path.name):
                self.assertEqual(self.replay(Path(path.stem).suffix, [gzip.decompress(path.read_bytes())]), ["refused"])


def main():
    if sys.argv[1:2] != ["--seeds"]:
        unittest.main()
    for form, files in good_files().items():
        folder = Path(sys.argv[2]) / form[1:]
        folder.mkdir(parents=True, exist_ok=True)
        for n, content in enumerate(files):
            (folder / str(n)).write_bytes(content)


if __name__ == "__main__":
    main()
