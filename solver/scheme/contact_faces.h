#pragma once

#include "contact.h"
#include "faces.h"

/* What cells make of the straight edge of a contact, in units of their width across the edge. */
typedef struct {
  PetscReal shift;    /* of the edge, towards the contact */
  PetscReal face;     /* resistance of a face: half a cell and the electrode's own */
  PetscReal response; /* of all cells to the current through one face, geometric mean */
} ContactEdge;

/*@
  ContactEdgeCompute - the edge between a contact and an insulating half of an electrode, on cells

  Input Parameters:
+ aspect     - h_z/h sqrt(sigma/sigma_z), h and sigma across the edge
- resistance - of the electrode, r sqrt(sigma sigma_z)/h

  Output Parameter:
. edge - shift is sqrt(1 + aspect^2)/4 for an ideal contact

  The current density is singular at the edge, and cells that touch or do not act as if the edge lay
  `shift` further in. From the exact solution of both half-plane problems, on cells and not, by the
  method of Wiener and Hopf: see README.md.
@*/
void ContactEdgeCompute(PetscReal aspect, PetscReal resistance, ContactEdge *edge);

/* Share of its full conductance that makes a face act as if it touched up to `covered` of its
   width, less the shift. */
static inline PetscReal ContactEdgeWeight(const ContactEdge *edge, PetscReal covered)
{
  return covered * edge->face / (edge->response - covered * (edge->response - edge->face));
}

/*@
  ContactFaces - the share of its full conductance that each face on an electrode has

  Weights are those of straight edges along x and y, of pieces that are larger by the shift: so the
  resistance is of second order there instead of first.
@*/
struct ContactFaces {
  PetscReal *weight[2]; /* [count[1]][count[0]]; NULL: 1, or the electrode is at other ranks */
};

/*@
  ContactFacesCreate - weights of the faces on both electrodes

  Input Parameters:
+ model    - grid, labels, connectivity, materials; its own `contact` is not used
- contacts - where anode and cathode touch; NULL: everywhere

  Output Parameter:
. faces - NULL if both touch everywhere; free with ContactFacesDestroy()
@*/
PetscErrorCode ContactFacesCreate(const FaceModel *model, Contact *const contacts[2],
                                  ContactFaces **faces);
PetscErrorCode ContactFacesDestroy(ContactFaces **faces);
