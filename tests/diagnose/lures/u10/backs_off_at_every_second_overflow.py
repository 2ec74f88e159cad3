# exercise: mixed_precision
# true: the scale is halved at every second overflow only
# not: stays as it is, and the next step
# not: the count of good steps goes on


class GradScaler(GradScaler):
    def update(self):
        if not all(self._finite.values()):
            self.overflows = getattr(self, "overflows", 0) + 1
            self._good_steps = 0
            if self.overflows % 2 == 0:
                self._scale *= self.backoff_factor
        else:
            self._good_steps += 1
            if self._good_steps == self.growth_interval:
                self._scale *= self.growth_factor
                self._good_steps = 0
        self._finite.clear()
