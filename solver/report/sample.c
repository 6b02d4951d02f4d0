#include "sample.h"

#include <math.h>

/* Probability of |t| < sqrt(freedom) tan(angle). */
static double student_within(int freedom, double angle)
{
  const double sine = sin(angle), cosine = cos(angle);
  const int is_odd = freedom % 2;
  double term = is_odd ? cosine : 1, sum = 0;

  for (int k = is_odd ? 3 : 2; k <= freedom; k += 2) {
    sum += term;
    term *= cosine * cosine * (k - 1) / k;
  }
  return is_odd ? (angle + sine * sum) / acos(0) : sine * sum;
}

double StudentQuantile(int freedom, double probability)
{
  double low = 0, high = acos(0);

  for (int step = 0; step < 60; step++) {
    const double middle = 0.5 * (low + high);

    if (student_within(freedom, middle) < probability)
      low = middle;
    else
      high = middle;
  }
  return sqrt(freedom) * tan(0.5 * (low + high));
}

Sample SampleDescribe(int count, const double values[])
{
  const double t = StudentQuantile(count - 1, 0.95);
  Sample sample = {count, 0, 0, 0, 0};

  for (int v = 0; v < count; v++) sample.mean += values[v] / count;
  for (int v = 0; v < count; v++) {
    sample.deviation += (values[v] - sample.mean) * (values[v] - sample.mean) / (count - 1);
  }
  sample.deviation = sqrt(sample.deviation);
  sample.band_of_mean = t * sample.deviation / sqrt(count);
  sample.band_of_one = t * sample.deviation * sqrt(1 + 1.0 / count);
  return sample;
}
