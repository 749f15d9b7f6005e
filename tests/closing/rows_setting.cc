// Section 10: SSL_set_shutdown (rows H). A cell of its table without an id is H0, one of plain
// assignment HA.
#include "row.h"

namespace ciao::closing {

namespace {

std::vector<Row> plain_assignment() {
  std::vector<Row> rows;
  for (const char* before : {"@norole", "", "hs1", "hs2", "hs", "hs S", "hs <cn R", "hs !eof R"}) {
    for (const auto& [value, read] :
         {std::pair{"-1", "-1"}, {"64", "64"}, {"0", "-"}, {"3", "SR"}}) {
      rows.push_back({"HA", kAll, std::string(before) + " =" + value,
                      std::string(". . - ") + read + " - bio="});
    }
  }
  rows.push_back({"HA", kAll, "hs =67 S", "0 . - 67 -"});
  rows.push_back({"HA", kAll, "hs <cn R =66 S", "0 . - 67 CN"});
  return rows;
}

std::vector<Row> before_and_during() {
  constexpr const char* kRefused = "-1 SSL PROTOCOL_IS_SHUTDOWN";
  return {
      {"H0", kAll, "=0 H", "-1 WANT_READ - - ."},
      {"H0", kAll, "=1 H", "-1 WANT_READ - - ."},
      {"H0", kAll, "=2 H", "-1 WANT_READ - - ."},
      {"H0", kAll, "=3 H", "-1 WANT_READ - - ."},
      {"H0", kAll, "=1 hs", ". . . - . ret=1"},
      {"H0", kAll, "=3 hs", ". . . - . ret=1"},
      {"H0", kAll, "=3 R", "0 ZERO_RETURN - SR - bio="},
      {"H0", kAll, "=3 W", std::string(kRefused) + " SR - bio="},
      {"H0", kAll, "hs2 =0 H", ". . - - ."},
      {"H0", kAll, "hs1 =2 R", "0 ZERO_RETURN - R - bio="},
      {"H0", kAll, "hs1 =3 R", "0 ZERO_RETURN - SR - bio="},
      {"H0", kClient | kBoth, "hs1 =3 <http H", "-1 . . SR . alerts=-"},
      {"H0", kServer | kBoth, "hs2 =3 <http H", "-1 . . SR . alerts=-"},
  };
}

std::vector<Row> established() {
  constexpr const char* kRefused = "-1 SSL PROTOCOL_IS_SHUTDOWN";
  return {
      {"H1", kAll, "hs =1 S S", "-1 WANT_READ - S -;-1 WANT_READ - S -"},
      {"H1", kAll, "hs =1 W", std::string(kRefused) + " S -"},
      {"H1", kAll, "hs =1 <data R", "20 NONE - S -"},
      {"H1", kAll, "hs =1 <cn S", "1 NONE - SR -"},
      {"H1", kAll, "hs =1 free", "resumable=1 removed=0"},
      {"H2", kAll, "hs =2 R", "0 ZERO_RETURN - R - bio="},
      {"H2", kAll, "hs =2 S", "1 NONE - SR CN"},
      {"H3", kAll, "hs =3 S", "1 NONE - SR - bio="},
      {"H3", kAll, "hs =3 free", "resumable=1 removed=0"},
      // Once a byte of a close_notify is out, ciao sends no second one (D3).
      {"H4", kAll, "hs S =0 S", "0 SYSCALL* - S CN", "D3", ". . . . - bio= alerts=-"},
      {"H4", kAll, "hs S =0 W", "10 NONE - - data10", "D3",
       std::string(kRefused) + " . - bio= init=0"},
      {"H5", kAll, "hs S =2 S", "1 NONE - SR CN", "D3", ". . . . - bio= alerts=-"},
      {"H6", kAll, "hs S =3 S", "1 NONE - SR - bio="},
      {"H7", kAll, "hs <cn R =0 R", "-1 WANT_READ - - - bio=r"},
      {"H8", kAll, "hs <cn R =1 S <cn S", "-1 WANT_READ - S -;;1 NONE - SR -"},
      {"H9", kAll, "hs <cn R =3 S", "1 NONE - SR - bio="},
  };
}

// After F1, and after its half, `=0` leaves 3.0 with a sealed alert in the way of the next write,
// which kills the connection. In ciao a close_notify of which no byte is out is taken back, and one
// that has begun is completed, once (D3).
std::vector<Row> taken_back() {
  std::vector<Row> rows;
  const std::string killed =
      "-1 SSL BAD_WRITE_RETRY - - init=1 removed=1;-1 SSL SHUTDOWN_WHILE_IN_INIT - - init=1";
  for (const auto& [version, sessions] : {std::pair{kTls13, "2"}, {kTls12, "1"}}) {
    const std::string alive =
        std::string(" init=0 left=0 removed=0 resumable=1 cached=") + sessions;
    const std::string closed = "0 SYSCALL* - S CN bio=w alerts=msg>1.0,info>0x100" + alive;
    rows.push_back({"H4", kEither | version, "hs cap0 S =0 cap- W S", killed, "D3",
                    "10 NONE - - data10 bio=w alerts=-" + alive + ";" + closed});
    rows.push_back({"H4", kEither | version, "hs cap10 S =0 cap- W S", killed, "D3",
                    "-1 SSL PROTOCOL_IS_SHUTDOWN - - bio= alerts=-" + alive + ";" + closed});
  }
  return rows;
}

std::vector<Row> dead() {
  std::vector<Row> rows;
  for (const auto& [value, flags] : {std::pair{"0", "-"}, {"1", "S"}, {"2", "R"}, {"3", "SR"}}) {
    const std::string start = std::string("hs !eof R =") + value;
    rows.push_back({"H10", kAll, start + " S",
                    std::string("-1 SSL SHUTDOWN_WHILE_IN_INIT ") + flags + " - init=1 bio="});
  }
  rows.push_back({"H10", kAll, "hs !eof R =0 R", "-1 SYSCALL* - - - init=1"});
  rows.push_back({"H10", kAll, "hs !eof R =0 W", "-1 SYSCALL* - - - init=1"});
  rows.push_back({"H10", kAll, "hs !eof R =1 R", "-1 SYSCALL* - S - init=1"});
  return rows;
}

}  // namespace

std::vector<Row> rows_setting() {
  std::vector<Row> rows = plain_assignment();
  for (auto* part : {before_and_during, established, taken_back, dead}) {
    for (Row& row : part()) rows.push_back(std::move(row));
  }
  return rows;
}

}  // namespace ciao::closing
