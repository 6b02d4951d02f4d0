#pragma once

#include "petsc_compat.h"

/* A flat convex polygon in space; vertices in turn. All zero: no vertices, no memory yet. */
typedef struct {
  int num, capacity;
  double (*x)[3];
} Polygon;

/* The points with normal . x <= distance; the normal is a unit vector. */
typedef struct {
  double normal[3], distance;
} HalfSpace;

/* How far a point lies outside. */
static inline double HalfSpaceExcess(const HalfSpace *half, const double x[3])
{
  return half->normal[0] * x[0] + half->normal[1] * x[1] + half->normal[2] * x[2] - half->distance;
}

/*@
  PolygonSet - given vertices, in place of those it has

  Input Parameters:
+ num - number of vertices
- x   - shape (num, 3)

  Output Parameter:
. polygon - free with PolygonDestroy()
@*/
PetscErrorCode PolygonSet(int num, const double (*x)[3], Polygon *polygon);
PetscErrorCode PolygonDestroy(Polygon *polygon);

/*@
  PolygonCut - what lies in a half-space; no vertices if nothing does

  Input Parameters:
+ half      - the half-space
- tolerance - a vertex outside by no more than this is inside

  Input/Output Parameters:
+ polygon - the polygon
- scratch - any other polygon; its vertices are lost

  Source: Sutherland and Hodgman, Commun. ACM 17, 32 (1974).
@*/
PetscErrorCode PolygonCut(const HalfSpace *half, double tolerance, Polygon *polygon,
                          Polygon *scratch);

/* Area times unit normal, by the right-hand rule; in a space stretched by `stretch` in z. */
void PolygonArea(const Polygon *polygon, double stretch, double area[3]);
