#pragma once

#include "grid.h"

/*@
  SparseFaces - a few numbers on some of the faces of the local box

  A bit per face says whether it has any; the numbers stand in the order of the faces, axis by axis,
  and are counted up to every 64th.
@*/
typedef struct {
  PetscInt width;     /* numbers per face */
  uint64_t *has[3];   /* one bit per face, by FaceIndex() */
  int32_t *before[3]; /* entries before every 64th face of the axis */
  float *values;      /* [count][width] */
  PetscInt count, capacity;
} SparseFaces;

/* Room for the faces of a grid, none of which has numbers. */
PetscErrorCode SparseFacesCreate(const Grid *grid, PetscInt width, SparseFaces *faces);
PetscErrorCode SparseFacesDestroy(SparseFaces *faces);

/* Gives a face its numbers. Faces must come axis by axis, along each in increasing order. */
PetscErrorCode SparseFacesAppend(SparseFaces *faces, int axis, PetscInt face, const float values[]);

/* To be called after the last face. */
void SparseFacesFinish(const Grid *grid, SparseFaces *faces);

/* Place of a face among those that have numbers, -1 if it has none. */
static inline PetscInt SparseFacesIndex(const SparseFaces *faces, int axis, PetscInt face)
{
  const uint64_t word = faces->has[axis][face >> 6], bit = (uint64_t)1 << (face & 63);

  if (!(word & bit)) return -1;
  return faces->before[axis][face >> 6] + (PetscInt)__builtin_popcountll(word & (bit - 1));
}

/* The numbers of a face, NULL if it has none. */
static inline const float *SparseFacesGet(const SparseFaces *faces, int axis, PetscInt face)
{
  const PetscInt index = SparseFacesIndex(faces, axis, face);

  return index < 0 ? NULL : faces->values + faces->width * index;
}

/* The first face from `face` on that has numbers, `end` if none before it has. */
static inline PetscInt SparseFacesNext(const SparseFaces *faces, int axis, PetscInt face,
                                       PetscInt end)
{
  while (face < end) {
    const uint64_t word = faces->has[axis][face >> 6] >> (face & 63);

    if (word) return PetscMin(end, face + __builtin_ctzll(word));
    face = (face | 63) + 1;
  }
  return end;
}
