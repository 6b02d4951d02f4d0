#include "raw.h"

#include "voxeldata.h"

const char *const RawTypes[] = {"uint8", "int8",   "uint16", "int16", "uint32",
                                "int32", "uint64", "int64",  NULL};

PetscErrorCode RawOpen(const ImageSpec *spec, Problems *problems, Image *image, PetscBool *is_open)
{
  const RawSpec *raw = spec->raw;
  VoxelData data = {.header = spec->file};
  double shape[3];

  PetscFunctionBeginUser;
  *is_open = PETSC_FALSE;
  if (!raw) {
    ProblemsAdd(problems, spec->file,
                "does not say what is in it: structure needs raw: { voxels = [x, y, z]; "
                "type = \"uint8\"; }");
    PetscFunctionReturn(PETSC_SUCCESS);
  }
  for (int d = 0; d < 3; d++) shape[d] = (double)raw->voxels[d];
  if (!ImageSetShape(spec->file, shape, PETSC_FALSE, problems, image)) {
    PetscFunctionReturn(PETSC_SUCCESS);
  }
  data.begin = raw->header_bytes;
  data.elements.bytes = 1 << (raw->type / 2);
  data.elements.is_signed = (PetscBool)(raw->type % 2);
  data.elements.is_big_endian = raw->is_big_endian;
  PetscCall(VoxelDataOpen(&data, problems, image, is_open));
  PetscFunctionReturn(PETSC_SUCCESS);
}
