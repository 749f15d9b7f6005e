#include "expectation.h"

#include <array>
#include <sstream>
#include <stdexcept>

namespace ciao::closing {

namespace {

constexpr std::array<const char*, 5> kColumns = {"ret", "err", "why", "fl", "wire"};

Fields parse_step(const std::string& text) {
  Fields fields;
  std::istringstream words(text);
  std::string word;
  size_t column = 0;
  while (words >> word) {
    const size_t equals = word.find('=');
    if (equals != std::string::npos) {
      fields[word.substr(0, equals)] = word.substr(equals + 1);
      continue;
    }
    if (column == kColumns.size()) throw std::runtime_error("too many columns in: " + text);
    if (word != ".") fields[kColumns[column]] = word;
    ++column;
  }
  if (column != 0 && column != kColumns.size()) {
    throw std::runtime_error("a column is missing in: " + text);
  }
  return fields;
}

}  // namespace

std::vector<Fields> parse_expected(const std::string& text) {
  std::vector<Fields> steps;
  if (text.empty()) return steps;
  std::istringstream parts(text);
  std::string part;
  while (std::getline(parts, part, ';')) steps.push_back(parse_step(part));
  return steps;
}

std::vector<Fields> align_expected(const std::vector<Fields>& written, size_t steps) {
  std::vector<Fields> aligned(steps);
  for (size_t i = 0; i < written.size() && i < steps; ++i) {
    aligned[steps - 1 - i] = written[written.size() - 1 - i];
  }
  return aligned;
}

std::vector<Fields> with_differences(std::vector<Fields> base, const std::vector<Fields>& own) {
  for (size_t i = 0; i < base.size() && i < own.size(); ++i) {
    for (const auto& [name, value] : own[i]) {
      if (value == "~") {
        base[i].erase(name);
      } else {
        base[i][name] = value;
      }
    }
  }
  return base;
}

std::vector<std::string> compare(const std::vector<Observation>& seen,
                                 const std::vector<Fields>& expected) {
  std::vector<std::string> problems;
  if (seen.size() != expected.size()) {
    problems.push_back(std::to_string(seen.size()) + " steps seen, " +
                       std::to_string(expected.size()) + " expected");
    return problems;
  }
  for (size_t i = 0; i < seen.size(); ++i) {
    for (const auto& [name, value] : expected[i]) {
      const auto found = seen[i].fields.find(name);
      const std::string actual = found == seen[i].fields.end() ? "(absent)" : found->second;
      if (actual != value) {
        problems.push_back("step " + std::to_string(i + 1) + " " + seen[i].step + ": " + name +
                           " is " + actual + ", written " + value);
      }
    }
  }
  return problems;
}

}  // namespace ciao::closing
