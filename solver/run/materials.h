#pragma once

#include "case_keys.h"
#include "table.h"

/* A material that was looked up; settings is NULL if its file cannot be used. */
typedef struct {
  char *name;
  Settings *settings;
  MaterialKeys keys;
  json_t *echo; /* every key of the file, and where it stands */
} Material;

/*@
  Materials - the folders where materials/NAME.cfg and electrodes/NAME.cfg are looked for, in order,
  and what was read from them so far

  The order: the case directory; materials/ in it; materials/ beside it and beside every directory
  above; the directories in $GRANULITH_MATERIALS (apart by colons); the installed copy. Electrode
  files likewise in electrodes/ (for $GRANULITH_MATERIALS: the folder electrodes/ beside it).
@*/
typedef struct {
  PetscInt num_places, num_electrode_places; /* those that exist; [0] is the case directory */
  char **places, **electrode_places;
  PetscInt num_materials;
  Material **materials;
} Materials;

/*@
  MaterialsCreate - finds the folders

  Not collective

  Input Parameter:
. directory - of the case, full path

  Output Parameter:
. materials - free with MaterialsDestroy()
@*/
PetscErrorCode MaterialsCreate(const char *directory, Materials *materials);
PetscErrorCode MaterialsDestroy(Materials *materials);

/*@
  MaterialsFind - reads and checks a material, once

  Input Parameters:
+ materials - where to look
. name      - of the material
- asked     - setting that asks for it, NULL if none does

  Output Parameters:
+ material - belongs to materials; NULL if there is no such material or its file cannot be used
- problems - names the material, the places and the nearest names if there is none
@*/
PetscErrorCode MaterialsFind(Materials *materials, const char *name, const config_setting_t *asked,
                             Problems *problems, const Material **material);

/*@
  MaterialsLocate - the file NAME.cfg in the first of some folders that has it

  Output Parameter:
. path - empty if none has it
@*/
void MaterialsLocate(PetscInt num_places, char *const *places, const char *name, char *path,
                     size_t size);

/*@
  MaterialsNames - sorted names of all NAME.cfg in some folders, the first of them left out (it is
the case's own)

  Output Parameters:
+ num_names - number of names
- names     - NULL-terminated; free each and the array
@*/
PetscErrorCode MaterialsNames(PetscInt num_places, char *const *places, PetscInt *num_names,
                              char ***names);

/* Adds the file of some settings and what it includes to a list of full paths. */
PetscErrorCode SettingsFiles(const Settings *settings, PetscInt *num_files, char ***files);

/*@
  BoundaryValuesCheck - that a boundary's resistance is given in exactly one way

  Output Parameter:
. problems - gets what is wrong
@*/
void BoundaryValuesCheck(const BoundaryValues *values, Problems *problems);
