#include "power_cell.h"

#include <math.h>

/* Faces are polygons of their own, without shared vertices: more vertices than a linked polyhedron
   has, but no rounding can tear it apart when cells touch in a point or an edge. */

static PetscErrorCode append_face(PowerCell *cell, PowerFace **face)
{
  PetscFunctionBeginUser;
  if (cell->num_faces == cell->capacity) {
    const PetscInt capacity = 2 * cell->capacity + 32;

    PetscCall(PetscRealloc((size_t)capacity * sizeof *cell->faces, &cell->faces));
    PetscCall(PetscArrayzero(cell->faces + cell->capacity, capacity - cell->capacity));
    cell->capacity = capacity;
  }
  *face = &cell->faces[cell->num_faces++];
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Takes a face out; its memory stays behind the last one. */
static void remove_face(PowerCell *cell, PetscInt face)
{
  const PowerFace removed = cell->faces[face];

  cell->num_faces--;
  cell->faces[face] = cell->faces[cell->num_faces];
  cell->faces[cell->num_faces] = removed;
}

static void measure_radius(const PowerSites *sites, PowerCell *cell)
{
  double largest = 0;

  for (PetscInt f = 0; f < cell->num_faces; f++) {
    const Polygon *polygon = &cell->faces[f].polygon;

    for (int v = 0; v < polygon->num; v++) {
      const double *x = polygon->x[v];
      const double z = sites->dimension == 3 ? x[2] : 0;

      largest = PetscMax(largest, x[0] * x[0] + x[1] * x[1] + z * z);
    }
  }
  cell->radius = sqrt(largest);
}

/* The box, or half a period to either side: no other place is nearer to this image of the seed. */
static PetscErrorCode start_cell(const PowerSites *sites, PetscInt seed, PowerCell *cell)
{
  double side[3][2];

  PetscFunctionBeginUser;
  cell->num_faces = 0;
  for (int d = 0; d < 3; d++) {
    const double length = sites->length[d];

    side[d][0] = sites->is_periodic[d] ? -0.5 * length : -sites->x[seed][d];
    side[d][1] = sites->is_periodic[d] ? 0.5 * length : length - sites->x[seed][d];
  }
  for (int d = 0; d < 3; d++) {
    const int e = (d + 1) % 3, f = (d + 2) % 3;

    for (int end = 0; end < 2; end++) {
      double corners[4][3];
      PowerFace *face;

      for (int corner = 0; corner < 4; corner++) { /* in turn, seen from outside */
        corners[corner][d] = side[d][end];
        corners[corner][end ? e : f] = side[end ? e : f][corner == 1 || corner == 2];
        corners[corner][end ? f : e] = side[end ? f : e][corner >= 2];
      }
      PetscCall(append_face(cell, &face));
      face->seed = -1;
      face->half = (HalfSpace){{0, 0, 0}, (end ? 1 : -1) * side[d][end]};
      face->half.normal[d] = end ? 1 : -1;
      PetscCall(PolygonSet(4, (const double(*)[3])corners, &face->polygon));
    }
  }
  measure_radius(sites, cell);
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* How far the vertices of each face lie outside a half-space, and the least and most of all. */
static void measure_excess(const HalfSpace *half, PowerCell *cell, double excess_of_all[2])
{
  excess_of_all[0] = INFINITY;
  excess_of_all[1] = -INFINITY;

  for (PetscInt f = 0; f < cell->num_faces; f++) {
    const Polygon *polygon = &cell->faces[f].polygon;
    double least = INFINITY, most = -INFINITY;

    for (int v = 0; v < polygon->num; v++) {
      const double excess = HalfSpaceExcess(half, polygon->x[v]);

      least = PetscMin(least, excess);
      most = PetscMax(most, excess);
    }
    cell->faces[f].excess[0] = least;
    cell->faces[f].excess[1] = most;
    excess_of_all[0] = PetscMin(excess_of_all[0], least);
    excess_of_all[1] = PetscMax(excess_of_all[1], most);
  }
}

/* A square in the plane, wider than any part of the cell: vertices in turn seen from outside. */
static PetscErrorCode set_square(const HalfSpace *half, double width, Polygon *polygon)
{
  const double *n = half->normal;
  const int d = fabs(n[0]) < fabs(n[1]) ? (fabs(n[0]) < fabs(n[2]) ? 0 : 2)
                                        : (fabs(n[1]) < fabs(n[2]) ? 1 : 2);
  const int e = (d + 1) % 3, f = (d + 2) % 3;
  const double norm = hypot(n[e], n[f]);
  double u[3], v[3], corners[4][3]; /* u x v = n */

  PetscFunctionBeginUser;
  u[d] = 0;
  u[e] = -n[f] / norm;
  u[f] = n[e] / norm;
  for (int a = 0; a < 3; a++) {
    v[a] = n[(a + 1) % 3] * u[(a + 2) % 3] - n[(a + 2) % 3] * u[(a + 1) % 3];
  }
  for (int a = 0; a < 3; a++) {
    const double foot = half->distance * n[a];

    corners[0][a] = foot - width * (u[a] + v[a]);
    corners[1][a] = foot + width * (u[a] - v[a]);
    corners[2][a] = foot + width * (u[a] + v[a]);
    corners[3][a] = foot - width * (u[a] - v[a]);
  }
  PetscCall(PolygonSet(4, (const double(*)[3])corners, polygon));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Cuts the cell by a neighbour's plane; the cut becomes a face. */
static PetscErrorCode cut_cell(const PowerSites *sites, const PowerNeighbour *neighbour,
                               PowerCell *cell)
{
  const double distance = sqrt(neighbour->square);
  /* columns are taller than their radius */
  const double width = 2 * cell->radius + (sites->dimension == 2 ? 2 * sites->length[2] : 0);
  const double margin = 1e-6 * cell->radius;
  PowerFace *face;
  HalfSpace half = {.distance = neighbour->plane};
  double excess[2];
  PetscInt last;

  PetscFunctionBeginUser;
  for (int d = 0; d < 3; d++) half.normal[d] = neighbour->offset[d] / distance;
  measure_excess(&half, cell, excess);
  if (excess[0] >= -sites->tolerance) cell->num_faces = 0; /* all of it is the neighbour's */
  if (excess[0] >= -sites->tolerance || excess[1] <= sites->tolerance) {
    PetscFunctionReturn(PETSC_SUCCESS);
  }
  PetscCall(append_face(cell, &face));
  last = cell->num_faces - 1;
  face->seed = neighbour->seed;
  face->half = half;
  PetscCall(PetscArraycpy(face->image, neighbour->image, 3));
  PetscCall(PetscArraycpy(face->offset, neighbour->offset, 3));
  PetscCall(set_square(&half, width, &face->polygon));
  for (PetscInt f = 0; f < last; f++) {
    PowerFace *cut = &cell->faces[f];

    /* only faces that meet the plane bound the new one; a wide margin for rounding costs little */
    if (face->polygon.num && cut->excess[0] < margin && cut->excess[1] > -margin) {
      PetscCall(PolygonCut(&cut->half, sites->tolerance, &face->polygon, &cell->scratch));
    }
    if (cut->excess[1] > sites->tolerance) {
      PetscCall(PolygonCut(&half, sites->tolerance, &cut->polygon, &cell->scratch));
    }
  }
  for (PetscInt f = last; f >= 0; f--) {
    if (!cell->faces[f].polygon.num) remove_face(cell, f);
  }
  measure_radius(sites, cell);
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode PowerCellCompute(const PowerSites *sites, PetscInt seed, PowerCell *cell)
{
  PowerNeighbours *neighbours = &cell->neighbours;
  PetscBool is_last = PETSC_FALSE;

  PetscFunctionBeginUser;
  PetscCall(start_cell(sites, seed, cell));
  for (PetscInt shell = 0; !is_last && cell->num_faces; shell++) {
    PetscCall(PowerSitesSearch(sites, seed, shell, cell->radius, neighbours, &is_last));
    while (neighbours->num && cell->num_faces) {
      PetscInt nearest = 0;
      PowerNeighbour neighbour;

      for (PetscInt n = 1; n < neighbours->num; n++) {
        if (neighbours->list[n].plane < neighbours->list[nearest].plane) nearest = n;
      }
      neighbour = neighbours->list[nearest];
      neighbours->list[nearest] = neighbours->list[--neighbours->num];
      if (neighbour.plane >= cell->radius) break;
      if (neighbour.square > 0) {
        PetscCall(cut_cell(sites, &neighbour, cell));
      } else {
        cell->num_faces = 0;
      }
    }
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode PowerCellDestroy(PowerCell *cell)
{
  PetscFunctionBeginUser;
  for (PetscInt f = 0; f < cell->capacity; f++) PetscCall(PolygonDestroy(&cell->faces[f].polygon));
  PetscCall(PetscFree(cell->faces));
  PetscCall(PolygonDestroy(&cell->scratch));
  PetscCall(PetscFree(cell->neighbours.list));
  *cell = (PowerCell){0};
  PetscFunctionReturn(PETSC_SUCCESS);
}
