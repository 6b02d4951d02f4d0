#pragma once

#include "connectivity.h"
#include "transport.h"

/* How boundaries that are normal to no axis are put on faces that are; names as in case files. */
typedef enum { BOUNDARIES_MATCHED, BOUNDARIES_ON_STAIRS } BoundaryFacesKind;
extern const char *const BoundaryFacesKinds[]; /* NULL-terminated */

typedef struct MatchedFaces MatchedFaces; /* matched_faces.h */
typedef struct ContactFaces ContactFaces; /* contact_faces.h */

/* What a face is made of; all that is needed to walk over the faces of a grid. */
typedef struct {
  const Grid *grid;
  const Microstructure *structure;
  const Connectivity *connectivity;
  const Transport *transport;
  const MatchedFaces *matched; /* NULL: boundaries lie on the stair faces */
  const ContactFaces *contact; /* NULL: both electrodes touch everywhere */
} FaceModel;

/*@
  Faces - conductance of every face of the local box

  conductance[d] has one entry more than cells along axis d, x fastest; entry i lies between cells
i-1 and i. The last entry along x, y and, between ranks, z repeats what the neighbour holds. 0
across insulating sides, voids and islands. Faces on the plates hold the path from the electrode to
the cell's centre.

  Single precision: the solve needs no more, since the ASR is computed from FaceSeriesGet() in
double precision, as an energy, whose error is the square of the potential's.
@*/
typedef struct {
  FaceModel model;       /* what they were made of */
  float *conductance[3]; /* in units of `unit`: at most 1 */
  PetscReal unit;        /* the largest conductance of all ranks [S] */
} Faces;

/* The three resistances in series between the centres of two cells, or of an electrode and a cell.
 */
typedef struct {
  PetscReal lower;                   /* half cell below the face (0 at the anode) [Ohm] */
  PetscReal contact;                 /* boundary, or all parts of the electrode [Ohm] */
  PetscReal upper;                   /* half cell above the face (0 at the cathode) [Ohm] */
  PetscInt grain_lower, grain_upper; /* grains from 1; at a plate the electrode's is 0 */
  Side side;                         /* which plate, if one grain is 0 */
  PetscReal
      electrode_parts[ELECTRODE_MAX_PARTS]; /* of the whole face's area, on a plate [Ohm m^2] */
} FaceSeries;

/*@
  FaceSeriesGet - the resistances that make up one face

  Input Parameters:
+ model - grid, labels, materials
. axis  - normal of the face
- at    - local cell above the face: 0 .. count, the last meaning the face above the last cell

  Output Parameters:
+ series  - the parts
- is_open - false if no current can cross (a void, an island, an insulating side, an electrode that
            does not touch); series is not set then

  Source: two-point flux with 1/T = d_a/(sigma_a A) + r/A + d_b/(sigma_b A).
@*/
PetscErrorCode FaceSeriesGet(const FaceModel *model, int axis, const PetscInt at[3],
                             FaceSeries *series, PetscBool *is_open);

/* Half of global cell `cell` along an axis, of a phase, as a resistance [Ohm]; area of the face. */
PetscReal FaceHalf(const FaceModel *model, int axis, PetscInt cell, PetscInt phase, PetscReal area);

/* Place of a face in conductance[axis]. */
static inline PetscInt FaceIndex(const Grid *grid, int axis, const PetscInt at[3])
{
  const PetscInt nx = grid->count[0] + (axis == 0), ny = grid->count[1] + (axis == 1);

  return (at[2] * ny + at[1]) * nx + at[0];
}

/* The six faces of the cells of one row along x. */
typedef struct {
  const float *lower[3], *upper[3]; /* conductances, by i */
} FaceRows;

static inline FaceRows FaceRowsGet(const Grid *grid, const Faces *faces, PetscInt j, PetscInt k)
{
  FaceRows rows;

  for (int d = 0; d < 3; d++) {
    const PetscInt lower[3] = {0, j, k}, upper[3] = {d == 0, j + (d == 1), k + (d == 2)};

    rows.lower[d] = faces->conductance[d] + FaceIndex(grid, d, lower);
    rows.upper[d] = faces->conductance[d] + FaceIndex(grid, d, upper);
  }
  return rows;
}

/* First local face along an axis that this rank is to count, and one behind the last: every face of
   the box is in exactly one rank's range. */
void FaceRange(const Grid *grid, int axis, PetscInt range[2]);

/* Conductance of a face from its parts [S]. */
static inline PetscReal FaceSeriesConductance(const FaceSeries *series)
{
  return 1.0 / (series->lower + series->contact + series->upper);
}

/* Area [m^2] of the face below local cell `at`. */
static inline PetscReal FaceArea(const Grid *grid, int axis, const PetscInt at[3])
{
  const int e = (axis + 1) % 3, f = (axis + 2) % 3;

  return GridSpacing(grid, e, grid->start[e] + at[e]) *
         GridSpacing(grid, f, grid->start[f] + at[f]);
}

/*@
  FacesCompute - conductance of all faces

  Collective

  Input Parameter:
. model - grid, labels with the ghost layer filled, materials

  Output Parameter:
. faces - free with FacesDestroy()

  Exact for: layers normal to an axis. Order 2 on smooth conductivity. At oblique boundaries order 1
  with matched faces; without them resistances act on each stair face, which together have more area
  than the boundary they stand for, so that no refinement makes the ASR that of the true geometry.
@*/
PetscErrorCode FacesCompute(const FaceModel *model, Faces *faces);
PetscErrorCode FacesDestroy(Faces *faces);
