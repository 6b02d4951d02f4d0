#pragma once

#include <hdf5.h>
#include "petsc_compat.h"
#include "problems.h"

/* HDF5 files that others wrote, read by one rank alone. Only what the file itself holds is
   followed: no soft or external links, no data in other files. HDF5 says nothing of its own. */

/* Opens a file; negative with a problem. */
hid_t H5ReadOpen(const char *path, Problems *problems);

/* Number of a group's links, and the object behind one, in the order of names: negative if it is
 * not to be followed or cannot be opened. Close with H5Oclose(). */
PetscInt H5ReadCount(hid_t group);
hid_t H5ReadChild(hid_t group, PetscInt child, size_t size, char *name);

/* The object of that name; negative if there is none. Close with H5Oclose(). */
hid_t H5ReadObject(hid_t group, const char *name);

/* Sizes along each axis; the number of axes, -1 if it is no array or has more than `most`. */
int H5ReadShape(hid_t dataset, int most, PetscInt64 *shape);

/*@
  H5ReadIsStored - whether an array is in the file, and no larger than what is there can stand for

  Input Parameter:
. dataset - from H5ReadObject()

  Deflate makes data smaller by a factor of at most 1032; whoever reads an array allocates no more
than this.
@*/
PetscBool H5ReadIsStored(hid_t dataset);

/* Numbers of an attribute or of a small array (negative object: false); false unless it holds just
 * `num` of them. */
PetscBool H5ReadAttribute(hid_t object, const char *name, int num, double *values);
PetscBool H5ReadNumbers(hid_t group, const char *name, int num, double *values);

/* A text attribute; false if there is none of at most `size` bytes. */
PetscBool H5ReadText(hid_t object, const char *name, size_t size, char *text);

enum { H5READ_NAME = 64 };

/* Texts of an array with one axis of `num`, cut to their first bytes; false if it is no such array.
 */
PetscBool H5ReadTexts(hid_t group, const char *name, PetscInt num, char (*texts)[H5READ_NAME]);
