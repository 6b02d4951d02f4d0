#include "tiff_files.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

/* slice-9 before slice-10. */
static int compare_names(const char *a, const char *b)
{
  while (*a && *b) {
    if (isdigit((unsigned char)*a) && isdigit((unsigned char)*b)) {
      size_t length_a, length_b;
      int order;

      while (*a == '0') a++;
      while (*b == '0') b++;
      length_a = strspn(a, "0123456789");
      length_b = strspn(b, "0123456789");
      if (length_a != length_b) return length_a < length_b ? -1 : 1;
      order = strncmp(a, b, length_a);
      if (order) return order;
      a += length_a;
      b += length_b;
    } else if (*a != *b) {
      return (unsigned char)*a < (unsigned char)*b ? -1 : 1;
    } else {
      a++;
      b++;
    }
  }
  return (*a != '\0') - (*b != '\0');
}

static int compare(const void *left, const void *right)
{
  const char *const *a = left, *const *b = right;
  const int order = compare_names(*a, *b);

  return order ? order : strcmp(*a, *b); /* 1.tif and 01.tif */
}

static PetscBool is_tiff(const char *name)
{
  const char *ending = strrchr(name, '.');

  return (PetscBool)(name[0] != '.' && ending &&
                     (!strcasecmp(ending, ".tif") || !strcasecmp(ending, ".tiff")));
}

static PetscErrorCode list_folder(DIR *folder, const char *path, PetscInt *num, char ***files)
{
  PetscInt capacity = 0;

  PetscFunctionBeginUser;
  for (const struct dirent *entry = readdir(folder); entry; entry = readdir(folder)) {
    size_t length;

    if (!is_tiff(entry->d_name)) continue;
    if (*num == capacity) {
      capacity = 2 * capacity + 64;
      PetscCall(PetscRealloc((size_t)capacity * sizeof **files, files));
    }
    length = strlen(path) + strlen(entry->d_name) + 2;
    PetscCall(PetscMalloc1(length, &(*files)[*num]));
    snprintf((*files)[(*num)++], length, "%s/%s", path, entry->d_name);
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode TiffFilesFind(const char *path, Problems *problems, PetscInt *num, char ***files)
{
  struct stat status;
  DIR *folder;

  PetscFunctionBeginUser;
  *num = 0;
  *files = NULL;
  if (stat(path, &status) || !S_ISDIR(status.st_mode)) {
    PetscCall(PetscMalloc1(1, files));
    PetscCall(PetscStrallocpy(path, &(*files)[(*num)++]));
    PetscFunctionReturn(PETSC_SUCCESS);
  }
  folder = opendir(path);
  if (!folder) {
    ProblemsAdd(problems, path, "cannot be read: %s", strerror(errno));
    PetscFunctionReturn(PETSC_SUCCESS);
  }
  PetscCall(list_folder(folder, path, num, files));
  closedir(folder);
  if (*num)
    qsort(*files, (size_t)*num, sizeof **files, compare);
  else
    ProblemsAdd(problems, path, "is a folder without .tif or .tiff files; these are its layers");
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode TiffFilesFree(PetscInt num, char ***files)
{
  PetscFunctionBeginUser;
  for (PetscInt f = 0; f < num; f++) PetscCall(PetscFree((*files)[f]));
  PetscCall(PetscFree(*files));
  PetscFunctionReturn(PETSC_SUCCESS);
}
