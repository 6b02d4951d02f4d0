#include "link_builder.h"

PetscErrorCode LinkBuilderCreate(PetscInt num_rows, PetscInt num_columns, PetscInt capacity,
                                 LinkBuilder *builder)
{
  PetscFunctionBeginUser;
  *builder = (LinkBuilder){.capacity = capacity, .neighbour_capacity = 64};
  PetscCall(PetscMalloc1(capacity, &builder->links));
  PetscCall(PetscMalloc1(num_rows, &builder->row));
  PetscCall(PetscMalloc1(builder->neighbour_capacity, &builder->neighbours));
  PetscCall(PetscCalloc1(num_columns, &builder->place));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode LinkBuilderGrow(LinkBuilder *builder)
{
  PetscFunctionBeginUser;
  builder->capacity += builder->capacity / 4 + 4096;
  PetscCall(PetscRealloc((size_t)builder->capacity * sizeof *builder->links, &builder->links));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode LinkBuilderGrowRow(LinkBuilder *builder)
{
  PetscFunctionBeginUser;
  builder->neighbour_capacity *= 2;
  PetscCall(PetscRealloc((size_t)builder->neighbour_capacity * sizeof *builder->neighbours,
                         &builder->neighbours));
  PetscFunctionReturn(PETSC_SUCCESS);
}
