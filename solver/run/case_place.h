#pragma once

#include "case.h"

/*@
  CasePlaceProblem - adds a problem or a warning that begins with a key, with the line the key
stands in

  For what is found after the case was read, by code that knows keys but not files.

  Input Parameters:
+ case_in    - as read
. text       - e.g. "structure.brick_um: must divide the box"; of a group or a list, the place is
that of its first value
- is_warning - a warning, not a problem

  Output Parameter:
. problems - gets the text with its place
@*/
void CasePlaceProblem(const Case *case_in, const char *text, PetscBool is_warning,
                      Problems *problems);
