#include "polycrystal.h"

#include "tessellation.h"

PetscErrorCode PolycrystalCreate(MPI_Comm comm, const StructureSpec *spec, const StructureBox *box,
                                 const PhaseNames *phases, Problems *problems,
                                 Generator **generator)
{
  PetscFunctionBeginUser;
  PetscCall(TessellationCreate(comm, 3, spec, box, phases, problems, generator));
  PetscFunctionReturn(PETSC_SUCCESS);
}
