#include "columnar.h"

#include "tessellation.h"

PetscErrorCode ColumnarCreate(MPI_Comm comm, const StructureSpec *spec, const StructureBox *box,
                              const PhaseNames *phases, Problems *problems, Generator **generator)
{
  PetscFunctionBeginUser;
  PetscCall(TessellationCreate(comm, 2, spec, box, phases, problems, generator));
  PetscFunctionReturn(PETSC_SUCCESS);
}
