#pragma once

#include "grid.h"

/* How the pieces of an electrode that touch are laid out; names as in case files. */
typedef enum { CONTACT_DISCS, CONTACT_STRIPS, CONTACT_RANDOM } ContactPattern;
extern const char *const ContactPatterns[]; /* NULL-terminated */

/* What a user may ask of a contact. */
typedef struct {
  ContactPattern pattern;
  PetscReal fraction; /* of the electrode's area, above 0 to 1 */
  PetscReal size;     /* diameter of a disc, width of a strip, side of a square [m] */
  PetscInt seed;      /* of random */
} ContactSpec;

/*@
  Contact - where an electrode touches; the rest of it insulates

  The electrode is divided into num[0] x num[1] equal parts. Discs: one in the middle of each.
Strips: likewise, parallel to y. Random: squares that fill parts drawn by lot; one of them may fill
its part to a share only, so that the fraction is met.
@*/
typedef struct {
  ContactPattern pattern;
  PetscReal fraction; /* of the electrode's area: what was asked for */
  PetscInt num[2];
  PetscReal period[2];   /* size of a part [m] */
  PetscReal piece[2];    /* size of a piece that touches [m] */
  PetscReal gap;         /* narrowest insulating place between pieces [m]; <= 0: discs overlap */
  PetscBool is_repeated; /* pieces touch those beyond the sides */
  PetscReal *share;      /* random: [num[1]][num[0]] covered share of each part; else NULL */
} Contact;

/*@
  ContactCreate - lays out the pieces, whole ones and as near to the size as the fraction allows

  Input Parameters:
+ spec        - fraction below 1; a piece of its size covers no more than the fraction
. width       - of the electrode along x and y [m]
- is_periodic - the electrode repeats

  Output Parameter:
. contact - free with ContactDestroy(); the same on every rank
@*/
PetscErrorCode ContactCreate(const ContactSpec *spec, const PetscReal width[2],
                             PetscBool is_periodic, Contact **contact);
PetscErrorCode ContactDestroy(Contact **contact);

/*@
  ContactCoverage - share of a cell's face on the electrode that touches

  Input Parameters:
+ contact - the electrode; NULL: it touches everywhere
. grid    - its cells along x and y are no larger than a part
. i, j    - local cell
- growth  - along x and y [m]: every piece is larger by this on all sides, but closes no gap by more
            than 80 %; NULL: as it is

  Returns:
    0 to 1, exact to rounding; 0 or 1 if nearer to it than 1e-9
@*/
PetscReal ContactCoverage(const Contact *contact, const Grid *grid, PetscInt i, PetscInt j,
                          const PetscReal growth[2]);
