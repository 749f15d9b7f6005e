// Section 13: what becomes of the session (rows K).
#include "row.h"

namespace ciao::closing {

namespace {

struct Ending {
  const char* id;
  const char* script;
  bool kept;
  bool removed_before = false;  // the session went when the failure happened, not at the end
};

constexpr Ending kEndings[] = {
    {"K1", "hs", false},
    {"K1", "hs <cn R", false},
    {"K1", "hs =2", false},
    {"K1", "hs cap100 W2000", false},
    {"K2", "hs S", true},
    {"K2", "hs S <cn S", true},
    {"K2", "hs <cn R S", true},
    {"K2", "hs q1 S", true},
    {"K2", "hs =1", true},
    {"K2", "hs =3", true},
    {"K3", "hs cap0 S", true},
    {"K3", "hs !epipe S", true},
    {"K4", "hs S !eof S", true},
    {"K4", "hs S !rst S", true},
    {"K4", "hs S <bad S", true},
    {"K4", "hs S <data S", true},
    {"K5", "hs S <f40 S", false, true},
    {"K6", "hs !eof R", false, true},
    {"K6", "hs !eof R =1", false, true},
    {"K7", "hs !rst R =1", true},
    {"K8", "@ieof hs !eof R", false},
    {"K8", "@ieof hs !eof R S", true},
    {"K10", "hs S =0", false},
};

std::string expected(const Ending& ending) {
  if (ending.kept) return "resumable=1 removed=0";
  return ending.removed_before ? "resumable=0 removed=0" : "resumable=0 removed=1";
}

}  // namespace

std::vector<Row> rows_sessions() {
  std::vector<Row> rows;
  for (const Ending& ending : kEndings) {
    // K5's last call is also a row of D5: its own step differs in ciao, the session does not.
    const bool is_k5 = std::string(ending.id) == "K5";
    const std::string script = ending.script;
    const std::string before = is_k5 ? "1 NONE ALERT40 SR -;" : "";
    const std::string difference = is_k5 ? "D5" : "";
    const std::string own = is_k5 ? "-1 SSL . . .;. . . . ." : "";
    rows.push_back({ending.id, kAll, script + " free", before + expected(ending), difference, own});
    // K11: SSL_clear follows the same rules.
    rows.push_back({"K11", kAll, script + " C", before + expected(ending), difference, own});
  }
  // K9 in 3.0: end of file overwrote the flag that protects the session.
  for (const char* end : {"free", "C"}) {
    for (const auto& [version, sessions] : {std::pair{kTls13, 2}, {kTls12, 1}}) {
      rows.push_back(
          {"K9", kEither | version, std::string("@ieof hs S !eof S ") + end,
           "0 ZERO_RETURN - R -;resumable=0 removed=1 cached=" + std::to_string(sessions - 1), "D4",
           "1 NONE . SR .;resumable=1 removed=0 cached=" + std::to_string(sessions)});
    }
  }
  for (const char* script : {"hs1 free", "hs2 free", "free"}) {
    rows.push_back({"K12", kAll, script, "added=0 removed=0 cached=0"});
  }
  return rows;
}

}  // namespace ciao::closing
