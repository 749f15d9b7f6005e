#include "cli/unit_text.h"

#include <algorithm>
#include <cstdlib>
#include <fstream>

namespace ciao::cli {
namespace {

constexpr std::string_view kBlanks = " \t";

std::string_view trimmed(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(kBlanks);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kBlanks) - begin + 1);
}

bool is_comment(std::string_view line) {
  const std::string_view text = trimmed(line);
  return text.starts_with('#') || text.starts_with(';');
}

// A line goes on in the next one when it ends with a backslash that is not itself escaped.
bool goes_on(std::string_view line) {
  const std::size_t last = line.find_last_not_of('\\');
  return (line.size() - (last == std::string_view::npos ? 0 : last + 1)) % 2 == 1;
}

// A character given by its number: three octal digits, or x, u, U and two, four, eight of base 16.
// What is none, or no ASCII character, stays as it is written: nothing is looked for that has such.
bool read_number(std::string_view& rest, std::string& text) {
  struct Form {
    char kind;
    std::size_t digits;
    int base;
  };
  static constexpr Form kForms[] = {
      {'x', 2, 16}, {'u', 4, 16}, {'U', 8, 16}, {'0', 3, 8}, {'1', 3, 8}};
  for (const Form& form : kForms) {
    if (rest.front() != form.kind) continue;
    const std::size_t skipped = form.base == 8 ? 0 : 1;
    const std::string number(rest.substr(skipped, form.digits));
    char* end = nullptr;
    const unsigned long value = std::strtoul(number.c_str(), &end, form.base);
    if (end != number.c_str() + form.digits || value == 0 || value > 0x7f) return false;
    text += static_cast<char>(value);
    rest.remove_prefix(skipped + form.digits);
    return true;
  }
  return false;
}

// What follows a backslash. An escape that systemd does not know it leaves as it is, and warns.
void read_escape(std::string_view& rest, std::string& text) {
  constexpr std::string_view kNames = "abfnrtvs\\\"';";
  constexpr std::string_view kMeanings = "\a\b\f\n\r\t\v \\\"';";
  if (rest.empty()) {
    text += '\\';
    return;
  }
  if (const std::size_t at = kNames.find(rest.front()); at != std::string_view::npos) {
    text += kMeanings[at];
    rest.remove_prefix(1);
  } else if (!read_number(rest, text)) {
    text += '\\';
  }
}

// One word from the front of `rest`; false when a quotation mark is not closed.
bool read_word(std::string_view& rest, Word& word) {
  char quote = 0;
  while (!rest.empty() && (quote != 0 || kBlanks.find(rest.front()) == std::string_view::npos)) {
    const char c = rest.front();
    rest.remove_prefix(1);
    const bool mark = quote != 0 ? c == quote : c == '"' || c == '\'';
    if (mark || c == '\\') word.bare = false;
    if (mark) {
      quote = quote != 0 ? '\0' : c;
    } else if (c == '\\') {
      read_escape(rest, word.text);
    } else {
      word.text += c;
    }
  }
  return quote == 0;
}

// systemd.service(5), "Special executable prefixes".
Command command_of(std::string_view first_word) {
  const std::size_t begin = std::min(first_word.find_first_not_of("@-:+!"), first_word.size());
  const std::string_view prefixes = first_word.substr(0, begin);
  Command command;
  command.program = first_word.substr(begin);
  // "!!" is for kernels without ambient capabilities; on others it is nothing.
  command.as_root = prefixes.find('+') != std::string_view::npos ||
                    (prefixes.find('!') != std::string_view::npos &&
                     prefixes.find("!!") == std::string_view::npos);
  return command;
}

}  // namespace

std::optional<std::vector<std::string>> lines_of(const std::filesystem::path& file) {
  // A pipe would never end, and some devices do not.
  std::error_code error;
  if (!std::filesystem::is_regular_file(file, error)) return {};
  std::ifstream in(file, std::ios::binary);
  if (!in) return {};
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);) {
    if (lines.empty() && line.starts_with("\xef\xbb\xbf")) line.erase(0, 3);
    if (line.ends_with('\r')) line.pop_back();
    // systemd ends lines at these, too, and joins some of them.
    if (line.find_first_of(std::string_view("\r\0", 2)) != std::string::npos) return {};
    lines.push_back(std::move(line));
  }
  if (in.bad()) return {};
  return lines;
}

std::optional<std::vector<Setting>> service_settings(const std::filesystem::path& file) {
  const std::optional<std::vector<std::string>> lines = lines_of(file);
  if (!lines) return {};
  std::vector<Setting> settings;
  bool in_service = false;
  for (std::size_t i = 0; i < lines->size(); ++i) {
    if (is_comment((*lines)[i])) continue;
    const int begun = static_cast<int>(i) + 1;
    std::string text = (*lines)[i];
    while (goes_on(text)) {
      text.back() = ' ';
      // A comment in the middle is left out, and ends nothing.
      while (i + 1 < lines->size() && is_comment((*lines)[i + 1])) ++i;
      if (i + 1 < lines->size()) text += (*lines)[++i];
    }
    const std::string_view line = trimmed(text);
    if (line.starts_with('[')) in_service = line == "[Service]";
    const std::size_t equals = line.find('=');
    if (!in_service || equals == std::string_view::npos) continue;
    settings.push_back({std::string(trimmed(line.substr(0, equals))),
                        std::string(trimmed(line.substr(equals + 1))), begun});
  }
  return settings;
}

std::optional<std::vector<Word>> words_of(std::string_view value) {
  std::vector<Word> words;
  for (std::string_view rest = trimmed(value); !rest.empty(); rest = trimmed(rest)) {
    Word word;
    if (!read_word(rest, word)) return {};
    words.push_back(std::move(word));
  }
  return words;
}

std::optional<std::vector<Command>> commands_of(std::string_view value) {
  const std::optional<std::vector<Word>> words = words_of(value);
  if (!words) return {};
  std::vector<Command> commands;
  bool first = true;
  for (const Word& word : *words) {
    if (word.bare && word.text == ";") {
      first = true;
    } else if (first) {
      commands.push_back(command_of(word.text));
      first = false;
    } else {
      commands.back().arguments.push_back(word.text);
    }
  }
  return commands;
}

}  // namespace ciao::cli
