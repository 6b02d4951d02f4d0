#pragma once

/*@
  Sample - independent draws of a number: what they say of its mean, and of one more draw
@*/
typedef struct {
  int count;
  double mean;
  double deviation;    /* standard deviation, from count - 1 degrees of freedom */
  double band_of_mean; /* half width, 95 %: holds the mean of infinitely many draws */
  double band_of_one;  /* half width, 95 %: around the mean, holds one further draw */
} Sample;

/*@
  SampleDescribe - mean, standard deviation and Student's bands of at least two draws

    band of mean = t s / sqrt(n),  band of one = t s sqrt(1 + 1/n),  t of n - 1 degrees of freedom

  Both suppose that the draws are normally distributed.
@*/
Sample SampleDescribe(int count, const double values[]);

/*@
  StudentQuantile - t such that Student's distribution lies within -t and t with a probability

  Input Parameters:
+ freedom     - degrees of freedom, at least 1
- probability - above 0, below 1

  Source: ABRAMOWITZ STEGUN 1964, 26.7.3 and 26.7.4 (the distribution as a finite sum)
@*/
double StudentQuantile(int freedom, double probability);
