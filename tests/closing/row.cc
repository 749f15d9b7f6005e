#include "row.h"

#include <map>

namespace ciao::closing {

const std::vector<Row>& all_rows() {
  static const std::vector<Row> kRows = [] {
    std::vector<Row> rows;
    std::map<std::string, int> scripts_of;
    for (auto* part :
         {rows_before, rows_established, rows_waiting, rows_reading, rows_blocked, rows_setting,
          setting_rows, rows_posthandshake, rows_sessions, session_rows, bio_rows_memory,
          bio_rows_filter, bio_rows_socket, callback_rows, trap_rows}) {
      for (Row& row : part()) {
        const int count = ++scripts_of[row.id];
        if (count > 1) row.id += "#" + std::to_string(count);
        rows.push_back(std::move(row));
      }
    }
    return rows;
  }();
  return kRows;
}

const std::vector<Inapplicable>& rows_without_tls13() {
  static const std::vector<Inapplicable> kRows = {
      {"C2a, C2b", "TLS 1.2 only: TLS 1.3 ignores the level of an alert (C2)"},
      {"C7, C8", "TLS 1.2 only: TLS 1.3 has no warnings but close_notify and user_canceled"},
      {"C15, C17", "TLS 1.2 only: C16 and C18 are the TLS 1.3 rows"},
      {"C25, C26", "TLS 1.2 only: renegotiation"},
      {"J4-J9", "TLS 1.2 only: renegotiation (J9 is also all of D11)"},
      {"N", "DTLS 1.2 only"},
  };
  return kRows;
}

}  // namespace ciao::closing
