#include "link_builder.h"

PetscErrorCode LinkBuilderCreate(PetscInt num_rows, PetscInt num_columns, PetscInt capacity,
                                 LinkBuilder *builder)
{
  PetscFunctionBeginUser;
  PetscCheck(num_columns <= LINK_MAX_COLUMNS, PETSC_COMM_SELF, PETSC_ERR_ARG_OUTOFRANGE,
             "%" PetscInt_FMT " unknowns and ghosts on a rank, a level holds at most %d",
             num_columns, LINK_MAX_COLUMNS);
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

PetscErrorCode LinkBuilderFinish(LinkBuilder *builder, Link **links, int32_t (**row)[2])
{
  PetscFunctionBeginUser;
  PetscCall(PetscFree(builder->neighbours));
  PetscCall(PetscFree(builder->place));
  PetscCall(
      PetscRealloc((size_t)PetscMax(1, builder->count) * sizeof *builder->links, &builder->links));
  *links = builder->links;
  *row = builder->row;
  PetscFunctionReturn(PETSC_SUCCESS);
}
