#pragma once

#include "ebsd_lines.h"
#include "image.h"

/*@
  EbsdMap - what an electron backscatter diffraction map says of each of its points, on a square
grid

  Points in the order of the file: along x first, then along y.
@*/
typedef struct {
  PetscInt cells[2]; /* along x and y */
  PetscReal step[2]; /* [um] */
  ImagePhases phases;
  int32_t *phase; /* of each point; 0: not indexed */
  Quaternion *orientation;
} EbsdMap;

/*@
  EbsdReader - reads a format's file into a map

  Input Parameters:
+ lines - of the file, before the first
- bytes - of the file

  Output Parameters:
+ map     - empty before
- is_read - false if there were problems
@*/
typedef PetscErrorCode (*EbsdReader)(EbsdLines *lines, PetscInt64 bytes, EbsdMap *map,
                                     PetscBool *is_read);

/*@
  EbsdOpen - an image of grains, a section one cell thick: y of the map is z of the image

  As ImageOpen(). Neighbouring points are of one grain if they are of one phase and differ in
orientation by less than spec->grain_angle. A grain's orientation is the mean over its points.
Points that are not indexed are void, of which a warning tells. Every rank reads the whole map.
@*/
PetscErrorCode EbsdOpen(const ImageSpec *spec, EbsdReader read, Problems *problems, Image *image,
                        PetscBool *is_open);

/* For the readers: room for the points, once cells are known (a point takes 10 bytes or more), and
   for phases up to a number, without name and symmetry. */
PetscErrorCode EbsdMapReserve(const EbsdLines *lines, PetscInt64 bytes, EbsdMap *map,
                              PetscBool *is_reserved);
PetscErrorCode EbsdMapAddPhases(PetscInt num, EbsdMap *map);

/* Whether a point lies where it must [um]; points fill the grid, row by row. */
PetscBool EbsdMapHasPlace(const EbsdLines *lines, const EbsdMap *map, PetscInt64 point, double x,
                          double y);

/*@
  AngOpen, CtfOpen - a map of EDAX (.ang) or of Oxford Instruments (.ctf) as an image of grains

  As EbsdOpen(). Hexagonal grids are refused.

  Source: the headers of the files themselves, as OIM Data Collection and Channel 5 write them;
  columns and codes of symmetries as in the readers of DREAM.3D (EbsdLib) and MTEX
@*/
PetscErrorCode AngOpen(const ImageSpec *spec, Problems *problems, Image *image, PetscBool *is_open);
PetscErrorCode CtfOpen(const ImageSpec *spec, Problems *problems, Image *image, PetscBool *is_open);
