#include "quantities.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Sets entry n of a quantity, which is made, with zeros before it, if it is not there. */
static void put(json_t *quantities, const char *group, const char *part, size_t n, double value)
{
  json_t *values;
  char name[256];

  snprintf(name, sizeof name, "%s%s%s", group, part ? "." : "", part ? part : "");
  values = json_object_get(quantities, name);
  if (!values) {
    values = json_array();
    json_object_set_new(quantities, name, values);
  }
  while (json_array_size(values) < n) json_array_append_new(values, json_real(0.0));
  json_array_append_new(values, json_real(value));
}

json_t *QuantitiesCollect(const json_t *runs)
{
  json_t *quantities = json_object(), *run, *member, *part, *values;
  const char *group, *name;
  size_t n;

  json_array_foreach((json_t *)runs, n, run)
  {
    json_object_foreach(json_object_get(run, "asr_ohm_cm2"), group, member)
    {
      if (!json_is_object(member)) put(quantities, group, NULL, n, json_number_value(member));
      json_object_foreach(member, name, part)
          put(quantities, group, name, n, json_number_value(part));
    }
    member = json_object_get(run, "constriction_ohm_cm2");
    if (json_is_number(member)) put(quantities, "constriction", NULL, n, json_number_value(member));
    json_object_foreach(json_object_get(run, "fit"), name, part)
    {
      put(quantities, "fit", name, n,
          json_number_value(json_object_get(part, "resistance_ohm_cm2")));
    }
  }
  json_object_foreach(quantities, name, values)
  {
    while (json_array_size(values) < json_array_size(runs)) {
      json_array_append_new(values, json_real(0.0));
    }
  }
  return quantities;
}

double *QuantityValues(const json_t *quantity)
{
  double *values = calloc(json_array_size(quantity) + 1, sizeof *values);
  json_t *value;
  size_t n;

  if (!values) abort();
  json_array_foreach((json_t *)quantity, n, value) values[n] = json_number_value(value);
  return values;
}

double QuantitiesTolerance(const json_t *runs, const char *name, double tolerance, double fit)
{
  json_t *run;
  size_t n;

  tolerance += 2 * fit; /* one run may meet the measured total from above, the other from below */
  if (!strcmp(name, "total")) return tolerance;
  json_array_foreach((json_t *)runs, n, run)
  {
    const json_t *parts = json_object_get(json_object_get(run, "error"), "parts_relative");

    tolerance = fmax(tolerance, json_number_value(parts));
  }
  return tolerance;
}
