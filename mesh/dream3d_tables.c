#include "dream3d_tables.h"

#include <math.h>
#include <stdio.h>
#include "h5read.h"

enum { MOST_PHASES = 1000, MOST_ROWS = 20000001 };

/* Codes of CrystalStructures. */
static const LaueClass laue_of[] = {LAUE_HEXAGONAL,    LAUE_CUBIC,          LAUE_HEXAGONAL_LOW,
                                    LAUE_CUBIC_LOW,    LAUE_TRICLINIC,      LAUE_MONOCLINIC,
                                    LAUE_ORTHORHOMBIC, LAUE_TETRAGONAL_LOW, LAUE_TETRAGONAL,
                                    LAUE_TRIGONAL_LOW, LAUE_TRIGONAL};

/* A table of `columns` numbers a row: (rows, columns), or (rows) if there is one. */
typedef struct {
  const char *name;
  hid_t dataset; /* negative: there is none */
  PetscInt rows;
} Table;

static PetscBool open_table(const char *path, hid_t group, const char *name, int columns,
                            Problems *problems, Table *table)
{
  PetscInt64 shape[2] = {0, 1};
  const hid_t dataset = H5ReadObject(group, name);
  const int num_axes = H5ReadShape(dataset, 2, shape);
  PetscBool fits = PETSC_FALSE;

  if (dataset < 0) return PETSC_TRUE;
  if (num_axes > 0 && shape[1] == columns && shape[0] >= 1 && shape[0] <= MOST_ROWS) {
    const hid_t type = H5Dget_type(dataset);
    const H5T_class_t kind = H5Tget_class(type);

    fits = (PetscBool)((kind == H5T_INTEGER || (columns > 1 && kind == H5T_FLOAT)) &&
                       H5ReadIsStored(dataset));
    H5Tclose(type);
  }
  if (!fits || table->dataset >= 0) {
    ProblemsAdd(problems, path,
                fits ? "holds two tables %s of grains; there must be one"
                     : "%s of grains must be a table of %d numbers a row, one row a grain and one "
                       "for grain 0",
                name, columns);
    H5Oclose(dataset);
    return PETSC_FALSE;
  }
  *table = (Table){name, dataset, (PetscInt)shape[0]};
  return PETSC_TRUE;
}

/* Codes and names of phases; row 0 stands for no phase. */
static PetscErrorCode read_ensemble(const char *path, hid_t group, Problems *problems, Image *image,
                                    PetscBool *is_read)
{
  const hid_t dataset = H5ReadObject(group, "CrystalStructures");
  PetscInt64 shape[2] = {0, 1};
  const int num_axes = H5ReadShape(dataset, 2, shape);
  ImagePhases *phases = &image->phases;
  double *codes;

  PetscFunctionBeginUser;
  H5Oclose(dataset);
  *is_read = (PetscBool)(num_axes > 0 && shape[0] >= 1 && shape[0] <= MOST_PHASES &&
                         shape[1] == 1 && !phases->num);
  if (*is_read) {
    const PetscInt rows = (PetscInt)shape[0];

    PetscCall(PetscMalloc1(rows, &codes));
    *is_read = H5ReadNumbers(group, "CrystalStructures", (int)rows, codes);
    if (*is_read) {
      phases->num = rows - 1;
      PetscCall(PetscCalloc1(rows, &phases->name));
      PetscCall(PetscCalloc1(rows, &phases->laue));
      if (!H5ReadTexts(group, "PhaseName", rows, phases->name)) {
        H5ReadTexts(group, "MaterialName", rows, phases->name);
      }
    }
    for (PetscInt p = 1; *is_read && p < rows; p++) {
      const int code =
          codes[p] >= 0 && codes[p] < PETSC_STATIC_ARRAY_LENGTH(laue_of) ? (int)codes[p] : -1;

      phases->laue[p] = code < 0 ? LAUE_UNKNOWN : laue_of[code];
    }
    PetscCall(PetscFree(codes));
  }
  if (!*is_read) {
    ProblemsAdd(problems, path,
                "CrystalStructures must be one table of at most %d phases, one number each",
                MOST_PHASES);
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode read_rows(const char *path, const Table *table, hid_t type,
                                Problems *problems, void *values, PetscBool *is_read)
{
  PetscFunctionBeginUser;
  *is_read = (PetscBool)(H5Dread(table->dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values) >= 0);
  if (!*is_read) ProblemsAdd(problems, path, "%s of grains cannot be read", table->name);
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode read_orientations(const char *path, const Table *table, Problems *problems,
                                        ImageGrains *grains, PetscBool *is_read)
{
  PetscReal(*euler)[3];

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(table->rows, &euler));
  PetscCall(PetscCalloc1(table->rows, &grains->orientation));
  PetscCall(read_rows(path, table, H5T_NATIVE_DOUBLE, problems, euler, is_read));
  for (PetscInt g = 1; *is_read && g < table->rows; g++) {
    if (!isfinite(euler[g][0]) || !isfinite(euler[g][1]) || !isfinite(euler[g][2])) {
      ProblemsAdd(problems, path, "%s of grain %" PetscInt_FMT " are %g, %g, %g", table->name, g,
                  euler[g][0], euler[g][1], euler[g][2]);
      *is_read = PETSC_FALSE;
    }
    grains->orientation[g] = QuaternionFromEuler(euler[g]);
  }
  PetscCall(PetscFree(euler));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode read_grains(const char *path, const Table *phases, const Table *angles,
                                  Problems *problems, ImageGrains *grains, PetscBool *is_read)
{
  PetscFunctionBeginUser;
  if (phases->dataset >= 0 && angles->dataset >= 0 && phases->rows != angles->rows) {
    ProblemsAdd(problems, path,
                "%s and %s of grains have %" PetscInt_FMT " and %" PetscInt_FMT " rows",
                phases->name, angles->name, phases->rows, angles->rows);
    *is_read = PETSC_FALSE;
  }
  if (*is_read && phases->dataset >= 0) {
    grains->num = phases->rows;
    PetscCall(PetscMalloc1(grains->num, &grains->phase));
    PetscCall(read_rows(path, phases, H5T_NATIVE_INT32, problems, grains->phase, is_read));
  }
  if (*is_read && angles->dataset >= 0) {
    grains->num = angles->rows;
    PetscCall(read_orientations(path, angles, problems, grains, is_read));
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Groups of arrays say what they are of: 7 is grains; version 8 has no such number. */
static PetscBool is_of_grains(hid_t group)
{
  double type;

  return (PetscBool)(!H5ReadAttribute(group, "AttributeMatrixType", 1, &type) || type == 7);
}

PetscErrorCode Dream3dReadTables(const char *path, hid_t container, hid_t matrix,
                                 Problems *problems, Image *image, PetscBool *is_read)
{
  Table phases = {.dataset = -1}, angles = {.dataset = -1}, plain = {.dataset = -1};
  H5O_info_t own, other;

  PetscFunctionBeginUser;
  *is_read = (PetscBool)(H5Oget_info(matrix, &own) >= 0);
  if (!*is_read) ProblemsAdd(problems, path, "is broken: the group of its voxels cannot be read");
  for (PetscInt c = 0; *is_read && c < H5ReadCount(container); c++) {
    char name[256];
    const hid_t group = H5ReadChild(container, c, sizeof name, name);

    if (group < 0) continue;
    if (H5Iget_type(group) == H5I_GROUP && H5Oget_info(group, &other) >= 0 &&
        other.addr != own.addr) {
      if (H5Lexists(group, "CrystalStructures", H5P_DEFAULT) > 0)
        PetscCall(read_ensemble(path, group, problems, image, is_read));
      else if (is_of_grains(group)) {
        *is_read = (PetscBool)(open_table(path, group, "Phases", 1, problems, &phases) &&
                               open_table(path, group, "AvgEulerAngles", 3, problems, &angles) &&
                               open_table(path, group, "EulerAngles", 3, problems, &plain));
      }
    }
    H5Oclose(group);
  }
  if (*is_read) {
    PetscCall(read_grains(path, &phases, angles.dataset >= 0 ? &angles : &plain, problems,
                          &image->grains, is_read));
  }
  if (phases.dataset >= 0) H5Oclose(phases.dataset);
  if (angles.dataset >= 0) H5Oclose(angles.dataset);
  if (plain.dataset >= 0) H5Oclose(plain.dataset);
  PetscFunctionReturn(PETSC_SUCCESS);
}
