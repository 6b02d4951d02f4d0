#include "case_keys.h"

#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))

static const Key impedance_keys[] = {
    {.name = "from_Hz",
     .type = KEY_NUMBER,
     .offset = offsetof(ImpedanceKeys, from),
     .default_text = "1e-2",
     .range = {1e-9, 1e15, 0, 0},
     .meaning = "lowest frequency"},
    {.name = "to_Hz",
     .type = KEY_NUMBER,
     .offset = offsetof(ImpedanceKeys, to),
     .default_text = "1e8",
     .range = {1e-9, 1e15, 0, 0},
     .meaning = "highest frequency"},
    {.name = "per_decade",
     .type = KEY_INTEGER,
     .offset = offsetof(ImpedanceKeys, per_decade),
     .default_text = "8",
     .range = {1, 100, 0, 0},
     .meaning = "frequencies a decade"},
    {.name = "refine_deg",
     .type = KEY_NUMBER,
     .offset = offsetof(ImpedanceKeys, refine),
     .factor = 0.017453292519943295,
     .default_text = "0.0",
     .range = {0, 90, 0, 0},
     .meaning = "halve intervals (up to 4 times) across which the phase turns by more; 0: none"},
    {.name = "groups",
     .type = KEY_INTEGER,
     .offset = offsetof(ImpedanceKeys, groups),
     .default_text = "0",
     .range = {0, 1000000, 0, 0},
     .meaning = "most groups of ranks that solve frequencies side by side, each with a copy of the "
                "film; 0: as many as ranks and memory allow"},
};
const KeyTable impedance_table = {impedance_keys, COUNT(impedance_keys), sizeof(ImpedanceKeys),
                                  offsetof(ImpedanceKeys, group), NULL};
