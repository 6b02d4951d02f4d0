#pragma once

#include "hierarchy.h"

/* An unknown that leaves this rank to go where another one is. */
typedef struct {
  int32_t unknown, host; /* host: a ghost, from 0 */
} Leaving;

/* An unknown that becomes part of an aggregate of another rank. */
typedef struct {
  Remote aggregate;
  int32_t ghost; /* its number there */
  PlateLink plate;
  int32_t first_link, num_links;
} Guest;

/* A link of such an unknown. */
typedef struct {
  Remote target;  /* aggregate at the other end */
  int32_t before; /* sum of the lengths of both ends along it; 0: it does not stretch */
  Link link;
} GuestLink;

/*@
  Guests - pieces of grains that planes between ranks cut off, on their way to the rank that has the
  larger piece

  Without them small grains on a plane would remain in pieces until the last level, because pieces
  join nothing else. They do not count in the extents of their aggregates: those are as wide as what
  is on their rank.
@*/
typedef struct {
  PetscBool are_any; /* on any rank */
  int32_t num_leaving;
  Leaving *leaving;
  Remote *ghost_parent; /* [ghosts] aggregate of each */
  PetscInt num_guests;
  Guest *guests; /* by aggregate */
  PetscInt num_links;
  GuestLink *links; /* of all of them */
} Guests;

/*@
  GuestsExchange - tells all ranks where their ghosts have gone, and guests' ranks what belongs to
  them

  Collective

  Input Parameters:
. comm - ranks of the hierarchy

  Input/Output Parameters:
+ level  - with all that waits, ghosts too, and the parents of all that stay; -1 - i for number i of
           those that leave, which becomes a ghost of the next level
. next   - with its unknowns and their extents; gets ghosts and whether it has guests
- guests - with who leaves, on any rank; free with GuestsDestroy()

  Output Parameter:
. column - shape (ghosts of the level): what each has become part of, on the next level
@*/
PetscErrorCode GuestsExchange(MPI_Comm comm, Level *level, Level *next, Guests *guests,
                              int32_t *column);
PetscErrorCode GuestsDestroy(Guests *guests);
