#include <errno.h>
#include <hdf5.h>
#include <stdlib.h>
#include <string.h>
#include "export_formats.h"

/* DREAM.3D 6, file version 7.0: grains are FeatureIds, both arrays of shape (z, y, x, 1); crystal
   structures are unknown here. Identifiers of what could not be made are negative and make every
   call that uses them fail, so that only the calls' results are looked at, all of them. */

#define CONTAINER "DataContainers/ImageDataContainer"
#define UNKNOWN 999u /* of DREAM.3D's enumerations of crystal structures and of phase types */

typedef struct {
  hid_t file;
  hid_t arrays[2]; /* grains, phases */
  PetscBool is_failed;
} Dream3dWriter;

static void expect(Dream3dWriter *writer, herr_t code)
{
  if (code < 0) writer->is_failed = PETSC_TRUE;
}

static void put_text(Dream3dWriter *writer, hid_t object, const char *name, const char *text)
{
  hid_t space = H5Screate(H5S_SCALAR), type = H5Tcopy(H5T_C_S1), attribute;

  expect(writer, H5Tset_size(type, strlen(text) + 1));
  attribute = H5Acreate2(object, name, type, space, H5P_DEFAULT, H5P_DEFAULT);
  expect(writer, H5Awrite(attribute, type, text));
  H5Aclose(attribute);
  H5Tclose(type);
  H5Sclose(space);
}

static void put_numbers(Dream3dWriter *writer, hid_t object, const char *name, hid_t type,
                        hsize_t count, const void *numbers)
{
  hid_t space = H5Screate_simple(1, &count, NULL);
  hid_t attribute = H5Acreate2(object, name, type, space, H5P_DEFAULT, H5P_DEFAULT);

  expect(writer, H5Awrite(attribute, type, numbers));
  H5Aclose(attribute);
  H5Sclose(space);
}

static hid_t open_group(Dream3dWriter *writer, const char *path)
{
  hid_t parents = H5Pcreate(H5P_LINK_CREATE), group;

  expect(writer, H5Pset_create_intermediate_group(parents, 1));
  group = H5Gcreate2(writer->file, path, parents, H5P_DEFAULT, H5P_DEFAULT);
  expect(writer, group < 0 ? -1 : 0);
  H5Pclose(parents);
  return group;
}

/* Without the time of writing: the same structure gives the same file. */
static hid_t create_dataset(hid_t group, const char *name, hid_t type, int rank,
                            const hsize_t extent[])
{
  hid_t space = H5Screate_simple(rank, extent, NULL), how = H5Pcreate(H5P_DATASET_CREATE);
  hid_t dataset;

  H5Pset_obj_track_times(how, 0);
  dataset = H5Dcreate2(group, name, type, space, H5P_DEFAULT, how, H5P_DEFAULT);
  H5Pclose(how);
  H5Sclose(space);
  return dataset;
}

/* What DREAM.3D wants to know of an array of one component. */
static void describe_array(Dream3dWriter *writer, hid_t dataset, const char *type, int axes,
                           const uint64_t tuples[])
{
  const uint64_t one = 1;
  const int32_t version = 2;
  char extents[128];
  size_t used = 0;

  for (int d = 0; d < axes; d++) {
    used += (size_t)snprintf(extents + used, sizeof extents - used, "%s%c=%llu", d ? "," : "",
                             "xyz"[d], (unsigned long long)tuples[d]);
  }
  put_numbers(writer, dataset, "ComponentDimensions", H5T_NATIVE_UINT64, 1, &one);
  put_numbers(writer, dataset, "DataArrayVersion", H5T_NATIVE_INT32, 1, &version);
  put_text(writer, dataset, "ObjectType", type);
  put_text(writer, dataset, "Tuple Axis Dimensions", extents);
  put_numbers(writer, dataset, "TupleDimensions", H5T_NATIVE_UINT64, (hsize_t)axes, tuples);
}

static void put_dataset(Dream3dWriter *writer, hid_t group, const char *name, hid_t type,
                        const void *values)
{
  const hsize_t extent = 3;
  hid_t dataset = create_dataset(group, name, type, 1, &extent);

  expect(writer, H5Dwrite(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values));
  H5Dclose(dataset);
}

static void put_geometry(Dream3dWriter *writer, const ExportImage *image)
{
  hid_t group = open_group(writer, CONTAINER "/_SIMPL_GEOMETRY");
  const uint32_t type = 0, dimensions = 3, micrometre = 6;
  const float origin[3] = {0, 0, 0};
  float spacing[3];
  int64_t cells[3];

  for (int d = 0; d < 3; d++) {
    spacing[d] = (float)image->spacing_um[d];
    cells[d] = image->cells[d];
  }
  put_text(writer, group, "GeometryName", "ImageGeometry");
  put_numbers(writer, group, "GeometryType", H5T_NATIVE_UINT32, 1, &type);
  put_text(writer, group, "GeometryTypeName", "ImageGeometry");
  put_numbers(writer, group, "SpatialDimensionality", H5T_NATIVE_UINT32, 1, &dimensions);
  put_numbers(writer, group, "UnitDimensionality", H5T_NATIVE_UINT32, 1, &dimensions);
  put_numbers(writer, group, "Units", H5T_NATIVE_UINT32, 1, &micrometre);
  put_dataset(writer, group, "DIMENSIONS", H5T_NATIVE_INT64, cells);
  put_dataset(writer, group, "ORIGIN", H5T_NATIVE_FLOAT, origin);
  put_dataset(writer, group, "SPACING", H5T_NATIVE_FLOAT, spacing);
  H5Gclose(group);
}

static void begin_cells(Dream3dWriter *writer, const ExportImage *image)
{
  static const char *const names[2] = {"FeatureIds", "Phases"};
  const uint32_t type = 3; /* of an attribute matrix: cells */
  hid_t group = open_group(writer, CONTAINER "/CellData");
  hsize_t extent[4] = {0, 0, 0, 1};
  uint64_t tuples[3];

  for (int d = 0; d < 3; d++) {
    tuples[d] = (uint64_t)image->cells[d];
    extent[2 - d] = tuples[d];
  }
  put_numbers(writer, group, "AttributeMatrixType", H5T_NATIVE_UINT32, 1, &type);
  put_numbers(writer, group, "TupleDimensions", H5T_NATIVE_UINT64, 3, tuples);
  for (int n = 0; n < 2; n++) {
    writer->arrays[n] = create_dataset(group, names[n], H5T_STD_I32LE, 4, extent);
    describe_array(writer, writer->arrays[n], "DataArray<int32_t>", 3, tuples);
  }
  H5Gclose(group);
}

static void put_names(Dream3dWriter *writer, hid_t group, const ExportImage *image)
{
  const hsize_t count = (hsize_t)image->num_phases + 1;
  const char **names = malloc(count * sizeof *names);
  hid_t type = H5Tcopy(H5T_C_S1), dataset;

  expect(writer, names ? H5Tset_size(type, H5T_VARIABLE) : -1);
  dataset = create_dataset(group, "PhaseName", type, 1, &count);
  if (names) {
    names[0] = "void";
    for (hsize_t p = 1; p < count; p++) names[p] = image->phase_names[p - 1];
    expect(writer, H5Dwrite(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, names));
  }
  describe_array(writer, dataset, "StringDataArray", 1, &(const uint64_t){count});
  H5Dclose(dataset);
  H5Tclose(type);
  free(names);
}

static void put_phases(Dream3dWriter *writer, const ExportImage *image)
{
  static const char *const names[2] = {"CrystalStructures", "PhaseTypes"};
  const uint32_t type = 11; /* of an attribute matrix: ensembles, that is phases */
  const uint64_t count = (uint64_t)image->num_phases + 1;
  hid_t group = open_group(writer, CONTAINER "/CellEnsembleData");
  uint32_t *unknown = malloc(count * sizeof *unknown);

  for (uint64_t p = 0; unknown && p < count; p++) unknown[p] = UNKNOWN;
  put_numbers(writer, group, "AttributeMatrixType", H5T_NATIVE_UINT32, 1, &type);
  put_numbers(writer, group, "TupleDimensions", H5T_NATIVE_UINT64, 1, &count);
  for (int n = 0; n < 2; n++) {
    hid_t dataset = create_dataset(group, names[n], H5T_STD_U32LE, 2, (const hsize_t[2]){count, 1});

    expect(writer,
           unknown ? H5Dwrite(dataset, H5T_NATIVE_UINT32, H5S_ALL, H5S_ALL, H5P_DEFAULT, unknown)
                   : -1);
    describe_array(writer, dataset, "DataArray<uint32_t>", 1, &count);
    H5Dclose(dataset);
  }
  put_names(writer, group, image);
  free(unknown);
  H5Gclose(group);
}

static int open_dream3d(const ExportImage *image, const char *path, void **result)
{
  Dream3dWriter *writer = calloc(1, sizeof *writer);

  if (!writer) return ENOMEM;
  H5Eset_auto2(H5E_DEFAULT, NULL, NULL); /* one message of our own instead of HDF5's stack */
  errno = 0;
  writer->file = H5Fcreate(path, H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
  if (writer->file < 0) {
    const int failure = errno ? errno : EIO;

    free(writer);
    return failure;
  }
  put_text(writer, writer->file, "FileVersion", "7.0");
  put_text(writer, writer->file, "DREAM3D Version", "6.5.171");
  H5Gclose(open_group(writer, "DataContainerBundles")); /* both must be there, may be empty */
  H5Gclose(open_group(writer, "Pipeline"));
  put_geometry(writer, image);
  begin_cells(writer, image);
  put_phases(writer, image);
  *result = writer;
  return 0;
}

static int put_dream3d(void *result, const ExportImage *image, const ExportPlane *plane)
{
  const int32_t *const values[2] = {plane->grain, plane->phase};
  const hsize_t start[4] = {(hsize_t)plane->k, 0, 0, 0};
  const hsize_t count[4] = {1, (hsize_t)image->cells[1], (hsize_t)image->cells[0], 1};
  hid_t memory = H5Screate_simple(4, count, NULL);
  Dream3dWriter *writer = result;

  errno = 0;
  for (int n = 0; n < 2; n++) {
    hid_t space = H5Dget_space(writer->arrays[n]);

    expect(writer, H5Sselect_hyperslab(space, H5S_SELECT_SET, start, NULL, count, NULL));
    expect(writer,
           H5Dwrite(writer->arrays[n], H5T_NATIVE_INT32, memory, space, H5P_DEFAULT, values[n]));
    H5Sclose(space);
  }
  H5Sclose(memory);
  if (!writer->is_failed) return 0;
  return errno ? errno : EIO;
}

static int close_dream3d(void *result)
{
  Dream3dWriter *writer = result;
  PetscBool is_failed;

  for (int n = 0; n < 2; n++) expect(writer, H5Dclose(writer->arrays[n]));
  expect(writer, H5Fclose(writer->file));
  is_failed = writer->is_failed;
  free(writer);
  return is_failed ? EIO : 0;
}

const ExportFormat ExportDream3d = {"dream3d", "labels.dream3d", open_dream3d, put_dream3d,
                                    close_dream3d};
