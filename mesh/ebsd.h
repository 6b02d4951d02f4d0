#pragma once

#include "ebsd_lines.h"
#include "image.h"

/*@
  EbsdMap - what an electron backscatter diffraction map says of each of its points, on a square
grid

  Points in the order of the file: along x first, then along y.
@*/
typedef struct {
  PetscInt cells[2]; /* along x and y: while points are read what the header says, 0: nothing; then
                        what they fill */
  PetscReal step[2]; /* [um], likewise */
  ImagePhases phases;
  PetscInt64 num, room;
  int32_t *phase; /* of each point; 0: not indexed */
  Quaternion *orientation;
  PetscInt row;                /* points of a row; 0: the first is not over */
  PetscReal first[2], last[2]; /* places of the first point and of the one read last [um] */
  PetscReal pitch[2];          /* distances of the points [um] */
} EbsdMap;

/*@
  EbsdReader - reads a format's file into a map

  Input Parameter:
. lines - of the file, before the first

  Output Parameters:
+ map     - empty before
- is_read - false if there were problems
@*/
typedef PetscErrorCode (*EbsdReader)(EbsdLines *lines, EbsdMap *map, PetscBool *is_read);

/*@
  EbsdOpen - an image of grains, a section one cell thick: y of the map is z of the image

  As ImageOpen(). Neighbouring points are of one grain if they are of one phase and differ in
orientation by less than spec->grain_angle. A grain's orientation is the mean over its points.
Points that are not indexed are void, of which a warning tells. Every rank reads the whole map.
@*/
PetscErrorCode EbsdOpen(const ImageSpec *spec, EbsdReader read, Problems *problems, Image *image,
                        PetscBool *is_open);

/* For the readers: phases up to a number, without name and symmetry. */
PetscErrorCode EbsdMapAddPhases(PetscInt num, EbsdMap *map);

/* A point at (x, y) [um]; a problem if it does not go on where the grid is to be filled next, row
   by row. */
PetscErrorCode EbsdMapAdd(const EbsdLines *lines, double x, double y, int32_t phase,
                          Quaternion orientation, EbsdMap *map, PetscBool *is_good);

/*@
  EbsdMapFinish - the grid that the points fill, after the last

  Where the header lacks something the points say it. Where its number of columns and its step are
both others, it tells of a map that the points were picked from: a warning. Other contradictions, as
of a file that is cut off, are problems.
@*/
void EbsdMapFinish(const EbsdLines *lines, EbsdMap *map, PetscBool *is_good);

/*@
  AngOpen, CtfOpen - a map of EDAX (.ang) or of Oxford Instruments (.ctf) as an image of grains

  As EbsdOpen(). Hexagonal grids are refused.

  Source: the headers of the files themselves, as OIM Data Collection and Channel 5 write them;
  columns and codes of symmetries as in the readers of DREAM.3D (EbsdLib) and MTEX
@*/
PetscErrorCode AngOpen(const ImageSpec *spec, Problems *problems, Image *image, PetscBool *is_open);
PetscErrorCode CtfOpen(const ImageSpec *spec, Problems *problems, Image *image, PetscBool *is_open);
