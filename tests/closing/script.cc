#include "script.h"

#include <sstream>
#include <stdexcept>

namespace ciao::closing {

namespace {

void apply_option(const std::string& word, Script& script) {
  Setup& setup = script.setup;
  if (word == "@ieof") {
    setup.ignore_eof = true;
  } else if (word == "@noauto") {
    setup.no_auto_retry = true;
  } else if (word == "@pha") {
    setup.post_handshake_auth = true;
  } else if (word == "@ra") {
    setup.read_ahead = true;
  } else if (word == "@buf") {
    script.buffered = true;
  } else if (word == "@norole") {
    setup.no_role = true;
  } else if (word == "@noticket") {
    setup.no_tickets = true;
  } else if (word == "@noreneg") {
    setup.no_renegotiation = true;
  } else if (word.starts_with("@suite=")) {
    setup.suite = word.substr(7);
  } else {
    throw std::runtime_error("no such option in the notation: " + word);
  }
}

}  // namespace

Script parse_script(const std::string& text, int version) {
  Script script;
  script.setup = Setup::for_version(version);
  std::istringstream words(text);
  std::string word;
  while (words >> word) {
    if (word[0] == '@') {
      apply_option(word, script);
    } else {
      script.steps.push_back(word);
    }
  }
  return script;
}

}  // namespace ciao::closing
