#include "dream3d.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include "dream3d_tables.h"
#include "h5read.h"
#include "orientations.h"

enum { MOST_DEPTH = 6, MOST_GROUPS = 100000, NAME = 256, PATH = 1024 };

enum { MOST_AXES = 8 };

#define EULER_ANGLES "EulerAngles"

/* What stays open while an image is read. */
typedef struct {
  hid_t file, labels, phases; /* negative: none; labels: or orientations */
  PetscInt num_phases;        /* in the table */
} Volume;

typedef struct {
  double cells[3], spacing[3], unit_code;
} Geometry;

/* Geometries with an array of labels. */
typedef struct {
  const char *name; /* of the array */
  int num_groups, num_geometries, num_found;
  hid_t container, matrix, labels; /* of the first */
  Geometry geometry;
  char path[PATH + NAME], other[PATH + NAME]; /* of the labels, first and second */
  char arrays[PATH];                          /* that stand where labels were looked for */
} Search;

/* Names the arrays of a group, so that a user sees what there is. */
static void list_arrays(Search *search, hid_t matrix, const char *path)
{
  for (PetscInt c = 0; c < H5ReadCount(matrix); c++) {
    const size_t used = strlen(search->arrays);
    char name[NAME];
    const hid_t child = H5ReadChild(matrix, c, sizeof name, name);

    if (child < 0) continue;
    if (H5Iget_type(child) == H5I_DATASET) {
      snprintf(search->arrays + used, sizeof search->arrays - used, "%s%s/%s", used ? ", " : "",
               path, name);
    }
    H5Oclose(child);
  }
}

/* Looks for labels in the groups beside a geometry. */
static void search_container(Search *search, hid_t container, const char *path,
                             const Geometry *geometry)
{
  search->num_geometries++;
  for (PetscInt c = 0; c < H5ReadCount(container); c++) {
    char name[NAME], below[PATH];
    const hid_t matrix = H5ReadChild(container, c, sizeof name, name);
    hid_t labels = -1;

    if (matrix < 0) continue;
    snprintf(below, sizeof below, "%s/%s", path, name);
    if (H5Iget_type(matrix) == H5I_GROUP) {
      labels = H5ReadObject(matrix, search->name);
      if (labels < 0) list_arrays(search, matrix, below);
    }
    if (labels >= 0 && search->num_found++ == 0) {
      snprintf(search->path, sizeof search->path, "%s/%s", below, search->name);
      search->geometry = *geometry;
      search->container = container;
      search->matrix = matrix;
      search->labels = labels;
      H5Iinc_ref(container);
      continue;
    }
    if (labels >= 0) {
      snprintf(search->other, sizeof search->other, "%s/%s", below, search->name);
      H5Oclose(labels);
    }
    H5Oclose(matrix);
  }
}

/* Version 7: sizes are arrays of a group of its own; version 8: they are attributes. */
static PetscBool read_geometry(hid_t container, Geometry *geometry)
{
  const hid_t group = H5ReadObject(container, "_SIMPL_GEOMETRY");
  PetscBool is_image;

  geometry->unit_code = -1;
  if (group < 0) {
    H5ReadAttribute(container, "Units", 1, &geometry->unit_code);
    return (PetscBool)(H5ReadAttribute(container, "_DIMENSIONS", 3, geometry->cells) &&
                       H5ReadAttribute(container, "_SPACING", 3, geometry->spacing));
  }
  H5ReadAttribute(group, "Units", 1, &geometry->unit_code);
  is_image = (PetscBool)(H5Iget_type(group) == H5I_GROUP &&
                         H5ReadNumbers(group, "DIMENSIONS", 3, geometry->cells) &&
                         (H5ReadNumbers(group, "SPACING", 3, geometry->spacing) ||
                          H5ReadNumbers(group, "RESOLUTION", 3, geometry->spacing)));
  H5Oclose(group);
  return is_image;
}

static void search_group(Search *search, hid_t group, const char *path, int depth)
{
  Geometry geometry;

  if (read_geometry(group, &geometry)) {
    search_container(search, group, path, &geometry);
    return;
  }
  for (PetscInt c = 0; depth < MOST_DEPTH && c < H5ReadCount(group); c++) {
    char name[NAME], below[PATH];
    const hid_t child = H5ReadChild(group, c, sizeof name, name);

    if (child < 0) continue;
    snprintf(below, sizeof below, "%s/%s", path, name);
    if (H5Iget_type(child) == H5I_GROUP && search->num_groups++ < MOST_GROUPS) {
      search_group(search, child, below, depth + 1);
    }
    H5Oclose(child);
  }
}

static PetscBool find_labels(const char *path, hid_t file, Problems *problems, Search *search)
{
  static const char *const tops[] = {"DataContainers", "DataStructure"};

  for (int t = 0; t < 2; t++) {
    const hid_t top = H5ReadObject(file, tops[t]);

    if (top < 0) continue;
    if (H5Iget_type(top) == H5I_GROUP) search_group(search, top, tops[t], 0);
    H5Oclose(top);
  }
  if (!search->num_geometries) {
    ProblemsAdd(problems, path,
                "holds no image: there must be DataContainers/NAME/_SIMPL_GEOMETRY with DIMENSIONS "
                "and SPACING, or DataStructure/NAME with the attributes _DIMENSIONS and _SPACING");
  } else if (!search->num_found) {
    ProblemsAdd(problems, path, "holds no array %s of the voxels; there are: %s%s", search->name,
                search->arrays[0] ? search->arrays : "none",
                strstr(search->arrays, "/" EULER_ANGLES)
                    ? " (structure.holds = \"orientations\" makes grains of " EULER_ANGLES ")"
                    : "");
  } else if (search->num_found > 1) {
    ProblemsAdd(problems, path, "holds %d arrays %s, %s and %s; there must be one",
                search->num_found, search->name, search->path, search->other);
  }
  return (PetscBool)(search->num_found == 1);
}

/* [m]; 0: the file does not say. */
static PetscReal unit_of(double code)
{
  static const struct {
    int code;
    PetscReal unit;
  } units[] = {{4, 1e-12}, {5, 1e-9},   {6, 1e-6},     {7, 1e-3},    {8, 1e-2},
               {9, 1e-1},  {21, 1e-10}, {22, 25.4e-6}, {23, 25.4e-3}};

  for (size_t u = 0; u < PETSC_STATIC_ARRAY_LENGTH(units); u++) {
    if (units[u].code == code) return units[u].unit;
  }
  return 0;
}

static PetscBool set_geometry(const char *path, const Geometry *geometry, Problems *problems,
                              Image *image)
{
  const double *spacing = geometry->spacing;

  if (!ImageSetShape(path, geometry->cells, PETSC_FALSE, problems, image)) return PETSC_FALSE;
  image->unit = unit_of(geometry->unit_code);
  for (int d = 0; d < 3; d++) {
    image->spacing[d] = spacing[d];
    if (isfinite(spacing[d]) && spacing[d] > 0) continue;
    ProblemsAdd(problems, path, "has voxels of %g x %g x %g; the spacing must be above 0",
                spacing[0], spacing[1], spacing[2]);
    return PETSC_FALSE;
  }
  return PETSC_TRUE;
}

/* An array of one integer for each voxel, or some decimals, in the file as a whole. */
static PetscBool check_voxels(const char *path, const char *name, hid_t dataset, int components,
                              const Image *image, Problems *problems)
{
  PetscInt64 shape[MOST_AXES] = {0};
  const int num_axes = H5ReadShape(dataset, MOST_AXES, shape);
  PetscBool fits = (PetscBool)(num_axes >= 3);
  hid_t type;

  for (int d = 0; d < num_axes; d++) {
    if (shape[d] != (d < 3 ? image->cells[2 - d] : d == 3 ? components : 1)) fits = PETSC_FALSE;
  }
  if (components > 1 && num_axes < 4) fits = PETSC_FALSE;
  if (!fits) {
    ProblemsAdd(problems, path,
                "%s must be an array of (%" PetscInt_FMT ", %" PetscInt_FMT ", %" PetscInt_FMT
                ", %d), the geometry's voxels along z, y and x; it has %d axes, (%lld, %lld, %lld, "
                "...)",
                name, image->cells[2], image->cells[1], image->cells[0], components,
                PetscMax(num_axes, 0), (long long)shape[0], (long long)shape[1],
                (long long)shape[2]);
    return PETSC_FALSE;
  }
  type = H5Dget_type(dataset);
  fits = (PetscBool)(H5Tget_class(type) == (components > 1 ? H5T_FLOAT : H5T_INTEGER) &&
                     H5Tget_size(type) <= 8);
  H5Tclose(type);
  if (!fits) {
    ProblemsAdd(problems, path, "%s must hold %s of at most 8 bytes", name,
                components > 1 ? "decimals" : "integers");
  } else if (!H5ReadIsStored(dataset)) {
    ProblemsAdd(problems, path, "%s has sizes for which the file is too small", name);
    return PETSC_FALSE;
  }
  return fits;
}

/* Reads a box of voxels; start and count along z, y, x. */
static PetscErrorCode read_box(hid_t dataset, const PetscInt64 start[3], const PetscInt64 count[3],
                               int components, hid_t type, void *values)
{
  hsize_t first[MOST_AXES] = {0}, extent[MOST_AXES] = {1, 1, 1, 1, 1, 1, 1, 1}, whole = 1;
  hid_t file_space, memory_space;
  herr_t status;

  PetscFunctionBeginUser;
  for (int d = 0; d < 3; d++) {
    first[d] = (hsize_t)start[d];
    extent[d] = (hsize_t)count[d];
    whole *= extent[d];
  }
  extent[3] = (hsize_t)components;
  whole *= extent[3];
  file_space = H5Dget_space(dataset);
  memory_space = H5Screate_simple(1, &whole, NULL);
  status = H5Sselect_hyperslab(file_space, H5S_SELECT_SET, first, NULL, extent, NULL);
  if (status >= 0) {
    status = H5Dread(dataset, type, memory_space, file_space, H5P_DEFAULT, values);
  }
  H5Sclose(memory_space);
  H5Sclose(file_space);
  PetscCheck(status >= 0, PETSC_COMM_SELF, PETSC_ERR_FILE_READ, "HDF5 cannot read the image");
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Elements in the order of the file: rows, then planes, as whole as they come. */
static PetscErrorCode read_range(const Image *image, hid_t dataset, PetscInt64 first,
                                 PetscInt64 count, int components, hid_t type, void *values)
{
  const PetscInt64 row = image->step[1], plane = image->step[2];
  char *bytes = values; /* all types read have 8 */

  PetscFunctionBeginUser;
  while (count > 0) {
    const PetscInt64 start[3] = {first / plane, first % plane / row, first % row};
    PetscInt64 size[3] = {1, 1, PetscMin(count, row - start[2])}, length;

    if (start[2] == 0 && count >= row) {
      size[1] = PetscMin(count / row, plane / row - start[1]);
      if (start[1] == 0 && count >= plane) size[0] = count / plane;
    }
    length = size[0] * size[1] * size[2];
    PetscCall(read_box(dataset, start, size, components, type, bytes));
    first += length;
    count -= length;
    bytes += 8 * length * components;
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode read_labels(const Image *image, PetscInt64 first, PetscInt64 count,
                                  int64_t *values)
{
  const Volume *volume = image->data;

  PetscFunctionBeginUser;
  PetscCall(read_range(image, volume->labels, first, count, 1,
                       image->is_unsigned ? H5T_NATIVE_UINT64 : H5T_NATIVE_INT64, values));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode read_phases(const Image *image, PetscInt64 first, PetscInt64 count,
                                  int64_t *values)
{
  const Volume *volume = image->data;

  PetscFunctionBeginUser;
  PetscCall(read_range(image, volume->phases, first, count, 1, H5T_NATIVE_INT64, values));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Orientations with their phases; a voxel of phase 0 or without an orientation has none. */
static PetscErrorCode read_orientations(const Image *image, PetscInt64 first, PetscInt64 count,
                                        int64_t *values)
{
  const Volume *volume = image->data;
  PetscReal(*euler)[3];

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(count, &euler));
  PetscCall(read_range(image, volume->labels, first, count, 3, H5T_NATIVE_DOUBLE, euler));
  PetscCall(read_phases(image, first, count, values));
  for (PetscInt64 v = 0; v < count; v++) {
    const PetscBool is_known =
        (PetscBool)(isfinite((double)euler[v][0]) && isfinite((double)euler[v][1]) &&
                    isfinite((double)euler[v][2]));

    PetscCheck(values[v] >= 0 && values[v] <= volume->num_phases, PETSC_COMM_SELF,
               PETSC_ERR_FILE_READ, "a voxel's phase is not in the table");
    values[v] = is_known ? OrientationPack((int32_t)values[v], QuaternionFromEuler(euler[v])) : 0;
  }
  PetscCall(PetscFree(euler));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode close_volume(void *data)
{
  Volume *volume = data;

  PetscFunctionBeginUser;
  if (volume->phases >= 0) H5Oclose(volume->phases);
  if (volume->labels >= 0) H5Oclose(volume->labels);
  H5Fclose(volume->file);
  PetscCall(PetscFree(volume));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Phases of voxels, if the file has them. */
static PetscBool open_phases(const char *path, hid_t matrix, Problems *problems, Image *image)
{
  Volume *volume = image->data;

  volume->phases = H5ReadObject(matrix, "Phases");
  if (volume->phases < 0) return PETSC_TRUE;
  image->read_phases = read_phases;
  return check_voxels(path, "Phases", volume->phases, 1, image, problems);
}

/* The image becomes one of orientations, for which it must say phases and their symmetries. */
static PetscErrorCode set_orientations(const ImageSpec *spec, Problems *problems, Image *image,
                                       PetscBool *is_open)
{
  PetscFunctionBeginUser;
  PetscCall(PetscFree(image->grains.phase));
  PetscCall(PetscFree(image->grains.orientation));
  image->grains.num = 0;
  image->read = read_orientations;
  *is_open = (PetscBool)(image->read_phases && image->phases.num);
  if (!*is_open) {
    ProblemsAdd(problems, spec->file, "does not say the %s, which grains by orientation need",
                image->read_phases ? "CrystalStructures of its phases" : "Phases of its voxels");
  }
  image->read_phases = NULL;
  ((Volume *)image->data)->num_phases = image->phases.num;
  image->grain_angle = spec->grain_angle;
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode read_file(const ImageSpec *spec, Problems *problems, Image *image,
                                PetscBool *is_open)
{
  const char *path = spec->file;
  const int components = spec->by_orientation ? 3 : 1;
  Volume *volume = image->data;
  Search search = {.name = spec->by_orientation ? EULER_ANGLES : "FeatureIds"};

  PetscFunctionBeginUser;
  *is_open = PETSC_FALSE;
  if (find_labels(path, volume->file, problems, &search)) {
    volume->labels = search.labels;
    *is_open =
        (PetscBool)(set_geometry(path, &search.geometry, problems, image) &&
                    check_voxels(path, search.name, volume->labels, components, image, problems) &&
                    open_phases(path, search.matrix, problems, image));
  }
  if (*is_open) {
    const hid_t type = H5Dget_type(volume->labels);

    image->is_unsigned = (PetscBool)(H5Tget_sign(type) == H5T_SGN_NONE);
    H5Tclose(type);
    PetscCall(Dream3dReadTables(path, search.container, search.matrix, problems, image, is_open));
  }
  if (*is_open && spec->by_orientation) {
    PetscCall(set_orientations(spec, problems, image, is_open));
  }
  if (search.num_found) {
    if (volume->labels < 0) H5Oclose(search.labels);
    H5Oclose(search.matrix);
    H5Oclose(search.container);
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode Dream3dOpen(const ImageSpec *spec, Problems *problems, Image *image,
                           PetscBool *is_open)
{
  const hid_t file = H5ReadOpen(spec->file, problems);
  Volume *volume;

  PetscFunctionBeginUser;
  *is_open = PETSC_FALSE;
  if (file < 0) PetscFunctionReturn(PETSC_SUCCESS);
  PetscCall(PetscNew(&volume));
  *volume = (Volume){file, -1, -1, 0};
  image->read = read_labels;
  image->destroy = close_volume;
  image->data = volume;
  PetscCall(read_file(spec, problems, image, is_open));
  PetscFunctionReturn(PETSC_SUCCESS);
}
