// Section 6: SSL_shutdown waiting for the peer's close_notify (rows C).
#include "row.h"

namespace ciao::closing {

namespace {

constexpr const char* kWaits = "-1 WANT_READ - S - init=0";
constexpr const char* kDone = "1 NONE - SR - init=0";

std::string dead(const std::string& reason) { return "-1 SSL " + reason + " S - init=1 removed=0"; }

void add_data_rows(std::vector<Row>& rows) {
  const std::string refused = dead("APPLICATION_DATA_AFTER_CLOSE_NOTIFY") + " resumable=1";
  for (const char* script : {"hs S <data S", "hs S <data0 S", "hs <data R3 S S", "hs <data P S S",
                             "hs <data S S", "hs <data <cn S S"}) {
    rows.push_back({"C4", kAll, script, refused});
  }
  rows.push_back({"C5", kAll, "hs S <data S R", "-1 SYSCALL* - S - init=1"});
}

// C9: any alert but close_notify and user_canceled, at any level, ends a TLS 1.3 connection.
void add_alert_rows(std::vector<Row>& rows) {
  const auto seen = [](int d) {
    return "1 NONE ALERT" + std::to_string(d) + " SR - init=1 removed=1 resumable=0";
  };
  constexpr const char* kOwn = "-1 SSL . . .";  // ciao's column, D5
  rows.push_back({"C9", kAll, "hs S <f40 S", seen(40), "D5", kOwn});
  for (const int d : {10, 20, 22, 42, 45, 47, 50, 70, 80, 86, 100, 109, 112, 116, 120, 255}) {
    const std::string number = std::to_string(d);
    rows.push_back({"C9", kEither | kTls13, "hs S <f" + number + " S", seen(d), "D5", kOwn});
    rows.push_back({"C9", kEither | kTls13, "hs S <w" + number + " S", seen(d), "D5", kOwn});
  }
  rows.push_back({"C9", kEither | kTls13, "hs S <alert:3.40 S", seen(40), "D5", kOwn});
  rows.push_back({"C9", kEither | kTls12, "hs S <ucf S", seen(90), "D5", kOwn});
  // C10 itself is as in 3.0; the step before it is C9's.
  rows.push_back({"C10", kAll, "hs S <f40 S S",
                  seen(40) + ";-1 SSL SHUTDOWN_WHILE_IN_INIT SR - init=1", "D5",
                  "-1 SSL . . .;. . . . ."});
}

void add_bad_record_rows(std::vector<Row>& rows) {
  rows.push_back({"C12", kAll, "hs S <alert-of-1 S", dead("INVALID_ALERT")});
  rows.push_back({"C12", kAll, "hs S <alert-of-4 S", dead("INVALID_ALERT")});
  rows.push_back({"C13", kEither | kTls13, "hs S <alert-of-0 S", dead("BAD_LENGTH")});
  rows.push_back({"C13", kEither | kTls12, "hs S <alert-of-0 S", dead("INVALID_ALERT")});
  rows.push_back({"C14", kEither | kTls13, "hs S <bad S",
                  dead("DECRYPTION_FAILED_OR_BAD_RECORD_MAC") + " resumable=1"});
  // The cipher of a TLS 1.2 record leaves an entry of its own below libssl's.
  rows.push_back({"C14", kEither | kTls12, "hs S <bad S",
                  dead("lib57:102+DECRYPTION_FAILED_OR_BAD_RECORD_MAC") + " resumable=1"});
  for (const char* script : {"hs S <unknown S", "hs S <ccs S"}) {
    rows.push_back({"C15", kEither | kTls12, script, dead("APPLICATION_DATA_AFTER_CLOSE_NOTIFY")});
    rows.push_back({"C16", kEither | kTls13, script, dead("BAD_RECORD_TYPE")});
  }
  for (const char* script : {"hs S <cn(plain) S", "hs S <ccs(plain) S"}) {
    // 3.0.19 says "internal error" here.
    rows.push_back({"C17", kEither | kTls12, script, "-1 SSL . S - init=1", "", "why=~"});
    rows.push_back({"C18", kEither | kTls13, script, dead("BAD_RECORD_TYPE")});
  }
  rows.push_back({"C19", kAll, "hs S <http S", dead("WRONG_VERSION_NUMBER")});
}

void add_transport_rows(std::vector<Row>& rows) {
  rows.push_back({"C20", kAll, "hs S <part S S", kWaits + std::string(";") + kWaits});
  const std::string truncated = dead("UNEXPECTED_EOF_WHILE_READING") + " resumable=1";
  for (const char* script : {"hs S !eof S", "hs S <part !eof S", "hs !eof S S"}) {
    rows.push_back({"C21", kAll, script, truncated});
  }
  for (const char* script : {"@ieof hs S !eof S", "@ieof hs S <part !eof S", "@ieof hs !eof S S"}) {
    rows.push_back({"C22", kAll, script, "0 ZERO_RETURN - R - init=0", "D4", "1 NONE . SR ."});
  }
  rows.push_back({"C23", kAll, "@ieof hs S !eof S S", "0 ZERO_RETURN - R -;1 NONE - SR CN init=0",
                  "D4", "1 NONE . SR .;. . . . - bio= alerts=-"});
  const std::string reset = "-1 SYSCALL:ECONNRESET - S - init=0";
  rows.push_back({"C24", kAll, "hs S !rst S S S", reset + ";" + reset + ";" + reset});
}

void add_message_rows(std::vector<Row>& rows) {
  rows.push_back({"C25", kClient | kTls12, "hs S <hr S", kWaits});
  rows.push_back({"C25", kServer | kTls12, "hs S <ch S", kWaits});
  rows.push_back({"C26", kClient | kTls12, "hs S <hr <cn S", kDone});
  const std::string one_by_one = std::string(kWaits) + ";" + kDone;
  rows.push_back({"C27", kClient | kTls12, "@noauto hs S <hr <cn S S", one_by_one});
  rows.push_back({"C27", kClient | kTls13, "@noauto hs S <nst <cn S S", one_by_one});
  rows.push_back({"C27", kEither | kTls13, "@noauto hs S <ku0 <cn S S", one_by_one});
  rows.push_back({"C28", kClient | kTls13, "hs S <nst S", "-1 WANT_READ - S - added=1 cached=3"});
  rows.push_back({"C29", kEither | kTls13, "hs S <ku0 S", kWaits});
  rows.push_back({"C29", kEither | kTls13, "hs S <ku1 S", kWaits});
  rows.push_back(
      {"C29", kEither | kTls13, "hs S <ku1 S <cn S", kWaits + std::string(";;") + kDone});
  rows.push_back({"C30", kClient | kTls13, "@pha hs S <cr S",
                  "-1 WANT_READ - S Certificate-of-8+undecryptable init=0", "D2",
                  ". . . . - bio=r"});
  rows.push_back({"C31", kEither | kTls13, "hs <ku1 R S <ku0 S",
                  "0 SYSCALL* - S CN;;-1 WANT_READ - S KeyUpdate0", "D2", ". . . . - bio=r"});
}

}  // namespace

std::vector<Row> rows_waiting() {
  const std::string waits_then_done = std::string(kWaits) + ";;" + kDone;
  std::vector<Row> rows = {
      {"C1", kAll, "hs S <cn S", kDone},
      {"C2", kEither | kTls13, "hs S <cnf S", kDone},
      {"C2", kEither | kTls13, "hs S <alert:3.0 S", kDone},
      {"C2a", kEither | kTls12, "hs S <cnf S", "1 NONE ALERT0 SR - init=1 removed=1 resumable=0",
       "D5", "-1 SSL . . ."},
      {"C2b", kEither | kTls12, "hs S <alert:3.0 S", dead("UNKNOWN_ALERT_TYPE")},
      {"C3", kAll, "hs S S", kWaits},
      {"C6", kAll, "hs S <uc S <cn S", waits_then_done},
      {"C6", kEither | kTls13, "hs S <ucf S <cn S", waits_then_done},
      {"C7", kEither | kTls12, "hs S <w112 S", kWaits},
      {"C7", kEither | kTls12, "hs S <w41 S", kWaits},
      {"C8", kEither | kTls12, "hs S <w100 S", dead("NO_RENEGOTIATION")},
      {"C11", kAll, "hs S <uc <uc <uc <uc <cn S", dead("TOO_MANY_WARN_ALERTS"), "D7",
       "1 NONE - SR . init=0 left=0"},
      {"C11", kAll, "hs S <uc <uc <uc <uc <uc S", dead("TOO_MANY_WARN_ALERTS")},
  };
  add_data_rows(rows);
  add_alert_rows(rows);
  add_bad_record_rows(rows);
  add_transport_rows(rows);
  add_message_rows(rows);
  return rows;
}

}  // namespace ciao::closing
