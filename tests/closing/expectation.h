// Written expectations. One step is
//     ret err why fl wire [name=value ...]
// and steps are separated by ';'. The last written step stands for the last step of the row, and so
// on backwards.
//   .   not stated by the document (in ciao's column: as in 3.0)
//   ~   in ciao's column: left open by the document, so neither compared with 3.0
// A step may also be names and values only: "signal=11".
#pragma once

#include <string>
#include <vector>

#include "observation.h"

namespace ciao::closing {

std::vector<Fields> parse_expected(const std::string& text);

// Aligned to `steps` observations: element i is what is written for step i.
std::vector<Fields> align_expected(const std::vector<Fields>& written, size_t steps);

// `base` with ciao's own values on top; "~" takes a field out.
std::vector<Fields> with_differences(std::vector<Fields> base, const std::vector<Fields>& own);

// One line for each field that is not as written.
std::vector<std::string> compare(const std::vector<Observation>& seen,
                                 const std::vector<Fields>& expected);

}  // namespace ciao::closing
