#pragma once

#include "case.h"
#include "case_keys.h"
#include "materials.h"

/* A case on its way from what its files say to what a run uses. */
typedef struct {
  const config_setting_t *root; /* of case.cfg */
  CaseKeys keys;
  Materials materials;
  const Material *
      *phase_materials; /* [num_phases], NULL: the case gives the phase's values itself */
  TableReader reader;
  Problems *problems;
  Case *result;
} CaseDraft;

/*@
  CaseStructure, CasePhases, CaseBoundaries, CaseElectrodes - the parts of a case, in this order

  Each checks what the tables of keys cannot, looks up the files it needs, and fills its part of
  draft->result and of the echo.
@*/
PetscErrorCode CaseStructure(CaseDraft *draft);
PetscErrorCode CasePhases(CaseDraft *draft);
PetscErrorCode CaseBoundaries(CaseDraft *draft);
PetscErrorCode CaseElectrodes(CaseDraft *draft);

/*@
  CaseImage - what an image says of the film: its cells, if the case does not give them

  Before the film is completed. Warns of what is taken for granted: sides that insulate, stairs.
@*/
PetscErrorCode CaseImage(CaseDraft *draft);

/*@
  CaseMisorientation - makes the boundary that was added last a class of misorientation

  Input Parameters:
+ draft - the case
- keys  - of the boundary
@*/
PetscErrorCode CaseMisorientation(CaseDraft *draft, const BoundaryKeys *keys);

/* Refuses classes of one name, and those beside a boundary that follows from a total conductivity.
 */
void CaseCheckClasses(const CaseDraft *draft);

/*@
  CaseContact - checks how an electrode touches, once the film is known

  Input Parameters:
+ draft - the case
- keys  - of the electrode

  Output Parameter:
. electrode - gets the contact
@*/
PetscErrorCode CaseContact(CaseDraft *draft, const ElectrodeKeys *keys, ElectrodeInput *electrode);

/*@
  CaseLayerElement, CaseElectrodeElement - what stands beside the resistance of a layer or of the
  charge transfer at AC, checked

  CaseImpedance - checks and stores the spectrum asked for, after all other parts; warns of what it
  takes for granted

  Output Parameter:
. element - without resistance
@*/
Element CaseLayerElement(CaseDraft *draft, const LayerKeys *keys);
Element CaseElectrodeElement(CaseDraft *draft, const ElectrodeKeys *keys);
PetscErrorCode CaseImpedance(CaseDraft *draft);

/*@
  CaseConductor - a phase's or layer's values together with those of its material

  Input Parameters:
+ draft    - the case
. table    - phase_table or layer_table
. group    - of the phase or layer in the file
- material - NULL if there is none

  Output Parameters:
+ target - the table's struct, read again with the material's values; its first member is a
           Conductor, whose diagonal is filled in any case (NaN if there is no conductivity)
- echo   - of the phase or layer
@*/
PetscErrorCode CaseConductor(CaseDraft *draft, const KeyTable *table, const config_setting_t *group,
                             const Material *material, void *target, json_t *echo);

/* Warns if a law is used away from its reference temperature and has no activation energy. */
void CaseWarnTemperature(const CaseDraft *draft, const config_setting_t *group,
                         const Arrhenius *law, const char *what);

/*@
  CaseAdviseThickness - warns of a film thicker or thinner than its materials are made

  CaseAdviseElectrode - warns of an electrode that reduces, oxidises or, where the material is made,
  reacts with what the film consists of

  After CaseStructure() and CasePhases(). A window matters where no layer lies between. Each warning
  names its source.

  Input Parameters:
+ draft - the case
. keys  - the electrode in the case
- file  - electrodes/NAME.cfg
@*/
void CaseAdviseThickness(const CaseDraft *draft);
void CaseAdviseElectrode(const CaseDraft *draft, const ElectrodeKeys *keys,
                         const ElectrodeFileKeys *file);

/* Notes the sources of a file, each once. */
void CaseAddSources(CaseDraft *draft, PetscInt num_references, const ReferenceKeys *references);

/* Number of a phase by its name, from 1; 0 with a problem that names the known ones. */
PetscInt CasePhaseNumber(const CaseDraft *draft, const char *name, const config_setting_t *setting);
