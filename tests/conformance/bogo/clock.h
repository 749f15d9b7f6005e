// The time of day that this process sees can be moved forward.
#pragma once

namespace shim {
void move_clock(int seconds);
}
