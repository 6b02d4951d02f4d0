#include "h5read.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MOST_AXES = 8, MOST_INFLATION = 1032 };

hid_t H5ReadOpen(const char *path, Problems *problems)
{
  hid_t file;

  if (access(path, R_OK)) {
    ProblemsAdd(problems, path, "cannot be read: %s", strerror(errno));
    return -1;
  }
  H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
  file = H5Fopen(path, H5F_ACC_RDONLY, H5P_DEFAULT);
  if (file < 0) ProblemsAdd(problems, path, "is no HDF5 file, is cut short, or is being written");
  return file;
}

PetscInt H5ReadCount(hid_t group)
{
  H5G_info_t info;

  return H5Gget_info(group, &info) < 0 ? 0 : (PetscInt)PetscMin(info.nlinks, PETSC_MAX_INT);
}

hid_t H5ReadObject(hid_t group, const char *name)
{
  H5L_info_t link;

  if (H5Lexists(group, name, H5P_DEFAULT) <= 0 ||
      H5Lget_info(group, name, &link, H5P_DEFAULT) < 0 || link.type != H5L_TYPE_HARD) {
    return -1;
  }
  return H5Oopen(group, name, H5P_DEFAULT);
}

hid_t H5ReadChild(hid_t group, PetscInt child, size_t size, char *name)
{
  const ssize_t length = H5Lget_name_by_idx(group, ".", H5_INDEX_NAME, H5_ITER_INC, (hsize_t)child,
                                            name, size, H5P_DEFAULT);

  return length <= 0 || (size_t)length >= size ? -1 : H5ReadObject(group, name);
}

int H5ReadShape(hid_t dataset, int most, PetscInt64 *shape)
{
  hsize_t size[MOST_AXES];
  hid_t space;
  int num;

  if (dataset < 0 || H5Iget_type(dataset) != H5I_DATASET) return -1;
  space = H5Dget_space(dataset);
  num = H5Sget_simple_extent_ndims(space);
  if (num > PetscMin(most, MOST_AXES) || H5Sget_simple_extent_dims(space, size, NULL) < 0) num = -1;
  for (int d = 0; d < num; d++) shape[d] = (PetscInt64)PetscMin(size[d], INT64_MAX);
  H5Sclose(space);
  return num;
}

/* Bytes of one chunk of a dataset; 0 if it has none. */
static double chunk_bytes(hid_t properties, double element)
{
  hsize_t size[H5S_MAX_RANK];
  const int num = H5Pget_chunk(properties, H5S_MAX_RANK, size);
  double bytes = num > 0 ? element : 0;

  for (int d = 0; d < num; d++) bytes *= (double)size[d];
  return bytes;
}

PetscBool H5ReadIsStored(hid_t dataset)
{
  const hid_t space = H5Dget_space(dataset), type = H5Dget_type(dataset),
              properties = H5Dget_create_plist(dataset), file = H5Iget_file_id(dataset);
  const double element = (double)H5Tget_size(type);
  const double bytes = (double)H5Sget_simple_extent_npoints(space) * element;
  const double stored = (double)H5Dget_storage_size(dataset);
  const H5D_layout_t layout = H5Pget_layout(properties);
  const double most = layout == H5D_CHUNKED ? MOST_INFLATION * stored : stored;
  hsize_t whole = 0;
  PetscBool is_stored;

  H5Fget_filesize(file, &whole);
  is_stored = (PetscBool)(H5Pget_external_count(properties) == 0 && layout >= 0 &&
                          layout != H5D_VIRTUAL && stored <= (double)whole && bytes <= most &&
                          (layout != H5D_CHUNKED || chunk_bytes(properties, element) <= most));
  H5Fclose(file);
  H5Pclose(properties);
  H5Tclose(type);
  H5Sclose(space);
  return is_stored;
}

/* Whether numbers can be made of a type, and there are `num` of them. */
static PetscBool holds_numbers(hid_t type, hid_t space, int num)
{
  const H5T_class_t kind = H5Tget_class(type);

  return (PetscBool)((kind == H5T_INTEGER || kind == H5T_FLOAT) &&
                     H5Sget_simple_extent_npoints(space) == num);
}

PetscBool H5ReadAttribute(hid_t object, const char *name, int num, double *values)
{
  PetscBool is_read = PETSC_FALSE;
  hid_t attribute, type, space;

  if (object < 0 || H5Aexists(object, name) <= 0) return PETSC_FALSE;
  attribute = H5Aopen(object, name, H5P_DEFAULT);
  type = H5Aget_type(attribute);
  space = H5Aget_space(attribute);
  if (holds_numbers(type, space, num)) {
    is_read = (PetscBool)(H5Aread(attribute, H5T_NATIVE_DOUBLE, values) >= 0);
  }
  H5Sclose(space);
  H5Tclose(type);
  H5Aclose(attribute);
  return is_read;
}

PetscBool H5ReadNumbers(hid_t group, const char *name, int num, double *values)
{
  const hid_t dataset = group < 0 ? -1 : H5ReadObject(group, name);
  PetscBool is_read = PETSC_FALSE;

  if (dataset < 0) return PETSC_FALSE;
  if (H5Iget_type(dataset) == H5I_DATASET) {
    const hid_t type = H5Dget_type(dataset), space = H5Dget_space(dataset);

    is_read = (PetscBool)(holds_numbers(type, space, num) && H5ReadIsStored(dataset) &&
                          H5Dread(dataset, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT,
                                  values) >= 0);
    H5Sclose(space);
    H5Tclose(type);
  }
  H5Oclose(dataset);
  return is_read;
}

/* Fixed or variable in length, as NumPy or DREAM.3D write it. */
static hid_t text_type(hid_t stored, size_t size)
{
  const hid_t type = H5Tcopy(H5T_C_S1);

  H5Tset_size(type, H5Tis_variable_str(stored) > 0 ? H5T_VARIABLE : size);
  H5Tset_cset(type, H5Tget_cset(stored));
  return type;
}

PetscBool H5ReadText(hid_t object, const char *name, size_t size, char *text)
{
  PetscBool is_read = PETSC_FALSE;
  hid_t attribute, stored, space;

  if (object < 0 || H5Aexists(object, name) <= 0) return PETSC_FALSE;
  attribute = H5Aopen(object, name, H5P_DEFAULT);
  stored = H5Aget_type(attribute);
  space = H5Aget_space(attribute);
  if (H5Tget_class(stored) == H5T_STRING && H5Sget_simple_extent_npoints(space) == 1) {
    const hid_t type = text_type(stored, size);

    if (H5Tis_variable_str(stored) > 0) {
      char *own = NULL;

      is_read = (PetscBool)(H5Aread(attribute, type, &own) >= 0 && own);
      if (is_read) snprintf(text, size, "%s", own);
      H5free_memory(own);
    } else {
      is_read = (PetscBool)(H5Aread(attribute, type, text) >= 0);
    }
    H5Tclose(type);
  }
  H5Sclose(space);
  H5Tclose(stored);
  H5Aclose(attribute);
  return is_read;
}

PetscBool H5ReadTexts(hid_t group, const char *name, PetscInt num, char (*texts)[H5READ_NAME])
{
  const hid_t dataset = H5ReadObject(group, name);
  PetscBool is_read = PETSC_FALSE;
  hid_t stored, space;

  if (dataset < 0) return PETSC_FALSE;
  if (H5Iget_type(dataset) != H5I_DATASET) {
    H5Oclose(dataset);
    return PETSC_FALSE;
  }
  stored = H5Dget_type(dataset);
  space = H5Dget_space(dataset);
  if (H5Tget_class(stored) == H5T_STRING && H5Sget_simple_extent_npoints(space) == num &&
      H5ReadIsStored(dataset)) {
    const hid_t type = text_type(stored, H5READ_NAME);

    if (H5Tis_variable_str(stored) > 0) {
      char **own = calloc((size_t)num, sizeof *own);

      is_read = (PetscBool)(own && H5Dread(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, own) >= 0);
      for (PetscInt t = 0; is_read && t < num; t++) {
        snprintf(texts[t], H5READ_NAME, "%s", own[t] ? own[t] : "");
      }
      if (is_read) H5Dvlen_reclaim(type, space, H5P_DEFAULT, own);
      free(own);
    } else {
      is_read = (PetscBool)(H5Dread(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, texts) >= 0);
    }
    H5Tclose(type);
  }
  H5Sclose(space);
  H5Tclose(stored);
  H5Oclose(dataset);
  return is_read;
}
