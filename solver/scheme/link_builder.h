#pragma once

#include <math.h>
#include <petscsys.h>
#include "petsc_compat.h"

/* What ties an unknown to another along one axis: needed while the next level is built. Those to
   the same unknown stand side by side. */
typedef struct {
  uint32_t column : 30; /* own unknown, or num_unknowns + number of the ghost */
  uint32_t axis : 2;    /* direction of the faces it stands for */
  float bulk;           /* conductance of the grains in between */
  float contact;        /* conductance of the boundary in between, HUGE_VALF if there is none */
} Link;
#define LINK_MAX_COLUMNS (1 << 30)

/* T of a tie in series. */
static inline float LinkConductance(float bulk, float contact)
{
  if (contact == HUGE_VALF) return bulk; /* mostly */
  return bulk > 0 ? 1.0f / (1.0f / bulk + 1.0f / contact) : 0.0f;
}

/* All links of the row at hand to one unknown. */
typedef struct {
  int32_t column;
  float bulk[3], contact[3]; /* along each axis; bulk 0: none */
} Neighbour;

/* Rows of a level while it is built, in any order, with links to ghosts and unknowns behind only.
   Links of the same column and axis add up. */
typedef struct {
  Link *links;
  PetscInt count, capacity;
  int32_t (*row)[2];     /* [rows] first link of each, and one behind its last */
  Neighbour *neighbours; /* of the row at hand */
  int32_t num_neighbours, neighbour_capacity;
  int32_t *place; /* [columns] of each neighbour among them; anything for others */
} LinkBuilder;
/* capacity: links that are expected. */
PetscErrorCode LinkBuilderCreate(PetscInt num_rows, PetscInt num_columns, PetscInt capacity,
                                 LinkBuilder *builder);
/* Hands over links and rows; frees the rest. */
PetscErrorCode LinkBuilderFinish(LinkBuilder *builder, Link **links, int32_t (**row)[2]);
PetscErrorCode LinkBuilderGrow(LinkBuilder *builder);
PetscErrorCode LinkBuilderGrowRow(LinkBuilder *builder);

static inline void LinkBuilderBeginRow(LinkBuilder *builder, int32_t row)
{
  builder->row[row][0] = (int32_t)builder->count;
  builder->num_neighbours = 0;
}

static inline PetscErrorCode LinkBuilderAdd(LinkBuilder *builder, const Link *link)
{
  const int32_t column = link->column;
  int32_t place = builder->place[column];

  PetscFunctionBeginUser;
  if (place >= builder->num_neighbours || builder->neighbours[place].column != column) {
    if (builder->num_neighbours == builder->neighbour_capacity) {
      PetscCall(LinkBuilderGrowRow(builder));
    }
    place = builder->place[column] = builder->num_neighbours++;
    builder->neighbours[place] = (Neighbour){.column = column};
  }
  builder->neighbours[place].bulk[link->axis] += link->bulk;
  builder->neighbours[place].contact[link->axis] += link->contact;
  PetscFunctionReturn(PETSC_SUCCESS);
}

static inline PetscErrorCode LinkBuilderEndRow(LinkBuilder *builder, int32_t row)
{
  PetscFunctionBeginUser;
  for (int32_t n = 0; n < builder->num_neighbours; n++) {
    const Neighbour *neighbour = &builder->neighbours[n];

    for (int d = 0; d < 3; d++) {
      const Link link = {(uint32_t)neighbour->column, (uint32_t)d, neighbour->bulk[d],
                         neighbour->contact[d]};

      if (!(link.bulk > 0)) continue;
      if (builder->count == builder->capacity) PetscCall(LinkBuilderGrow(builder));
      builder->links[builder->count++] = link;
    }
  }
  builder->row[row][1] = (int32_t)builder->count;
  PetscFunctionReturn(PETSC_SUCCESS);
}
