"""DREAM.3D files as its manuals describe them, written by h5py.

Version 7: "Native DREAM.3D File Format" in the manual of DREAM.3D 6. Version 8: "DREAM3D File
Specification" of DREAM3D-NX.
"""
import h5py
import numpy as np

CUBIC, HEXAGONAL, TETRAGONAL, ORTHORHOMBIC, TRIGONAL, UNKNOWN = 1, 0, 8, 6, 10, 999
NANOMETRE, MICROMETRE, MILLIMETRE, METRE, UNSPECIFIED = 5, 6, 7, 10, 100


def text(value):
    return np.bytes_(value.encode() + b"\0")


def put(group, name, values, kind, cells=None):
    """An array of one or more numbers a tuple; the tuples of voxels lie on (nz, ny, nx)."""
    values = np.asarray(values)
    if values.ndim == len(cells or [0]):
        values = values[..., None]
    dataset = group.create_dataset(name, data=values)
    tuples = values.shape[:-1][::-1]
    dataset.attrs["ObjectType"] = text(f"DataArray<{kind}>")
    dataset.attrs["DataArrayVersion"] = np.array([2], "i4")
    dataset.attrs["TupleDimensions"] = np.array(tuples, "u8")
    dataset.attrs["ComponentDimensions"] = np.array(values.shape[-1:], "u8")
    return dataset


def spacing_of(labels, spacing):
    """As given along x, y, z, or such that the film is 1 long, wide and thick."""
    return np.array(spacing or [1 / n for n in labels.shape[::-1]], "f4")


def fill(container, cell_data, labels, phases=None, grain_phases=None, euler=None, crystals=None, names=None,
         voxel_euler=None):
    """Arrays of voxels, grains (row 0 is no grain) and phases (row 0 is no phase). With orientations of voxels there are
    no grains yet."""
    if voxel_euler is None:
        put(cell_data, "FeatureIds", np.asarray(labels, "i4"), "int32_t", labels.shape)
    else:
        put(cell_data, "EulerAngles", np.asarray(voxel_euler, "f4"), "float", labels.shape)
    if phases is not None:
        put(cell_data, "Phases", np.asarray(phases, "i4"), "int32_t", labels.shape)
    if grain_phases is not None or euler is not None:
        features = container.create_group("CellFeatureData")
        features.attrs["AttributeMatrixType"] = np.array([7], "u4")
        if grain_phases is not None:
            put(features, "Phases", np.asarray(grain_phases, "i4"), "int32_t")
        if euler is not None:
            put(features, "AvgEulerAngles", np.asarray(euler, "f4"), "float")
    if crystals is not None:
        ensembles = container.create_group("CellEnsembleData")
        ensembles.attrs["AttributeMatrixType"] = np.array([11], "u4")
        put(ensembles, "CrystalStructures", np.array([UNKNOWN, *crystals], "u4"), "uint32_t")
        if names is not None:
            ensembles.create_dataset("PhaseName", data=["Unknown Phase Type", *names],
                                     dtype=h5py.string_dtype())


def write7(path, labels, spacing=None, unit=MICROMETRE, name="SyntheticVolumeDataContainer",
           resolution="SPACING", **arrays):
    with h5py.File(path, "w") as file:
        file.attrs["FileVersion"] = text("7.0")
        file.attrs["DREAM3D Version"] = text("6.5.171")
        file.create_group("DataContainerBundles")
        file.create_group("Pipeline")
        container = file.create_group(f"DataContainers/{name}")
        geometry = container.create_group("_SIMPL_GEOMETRY")
        geometry.attrs["GeometryName"] = text("ImageGeometry")
        geometry.attrs["GeometryTypeName"] = text("ImageGeometry")
        geometry.attrs["GeometryType"] = np.array([0], "u4")
        geometry.attrs["SpatialDimensionality"] = np.array([3], "u4")
        geometry.attrs["UnitDimensionality"] = np.array([3], "u4")
        if unit is not None:
            geometry.attrs["Units"] = np.array([unit], "u4")
        geometry["DIMENSIONS"] = np.array(labels.shape[::-1], "i8")
        geometry["ORIGIN"] = np.zeros(3, "f4")
        geometry[resolution] = spacing_of(labels, spacing)
        cell_data = container.create_group("CellData")
        cell_data.attrs["AttributeMatrixType"] = np.array([3], "u4")
        cell_data.attrs["TupleDimensions"] = np.array(labels.shape[::-1], "u8")
        fill(container, cell_data, labels, **arrays)


def write8(path, labels, spacing=None, unit=MICROMETRE, name="DataContainer", **arrays):
    with h5py.File(path, "w") as file:
        file.attrs["FileVersion"] = text("8.0")
        container = file.create_group(f"DataStructure/{name}")
        container.attrs["ObjectType"] = text("ImageGeom")
        container.attrs["_DIMENSIONS"] = np.array(labels.shape[::-1], "u8")
        container.attrs["_ORIGIN"] = np.zeros(3, "f4")
        container.attrs["_SPACING"] = spacing_of(labels, spacing)
        container.attrs["Units"] = np.array(unit, "u4")
        cell_data = container.create_group("Cell Data")
        cell_data.attrs["ObjectType"] = text("AttributeMatrix")
        cell_data.attrs["TupleDims"] = np.array(labels.shape, "u8")
        fill(container, cell_data, labels, **arrays)
        for matrix in "CellFeatureData", "CellEnsembleData":
            if matrix in container:
                del container[matrix].attrs["AttributeMatrixType"]
                container[matrix].attrs["ObjectType"] = text("AttributeMatrix")
