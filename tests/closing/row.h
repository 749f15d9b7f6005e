// The rows of the document as data: a script in its notation, or a function for rows on other
// transports.
#pragma once

#include <openssl/ssl.h>

#include <string>
#include <vector>

#include "endpoint.h"
#include "observation.h"

namespace ciao::closing {

// Which roles and versions a row holds for.
enum Applies : unsigned {
  kClient = 1,
  kServer = 2,
  kEither = kClient | kServer,
  kTls12 = 4,
  kTls13 = 8,
  kBoth = kTls12 | kTls13,
  kAll = kEither | kBoth,
};

struct Stage {
  int version;
  Role role;
  const Credential& credential;
  Trace& trace;

  Setup setup() const { return Setup::for_version(version); }
  bool tls13() const { return version == TLS1_3_VERSION; }
};

using RowFunction = void (*)(Stage&);

struct Row {
  std::string id;
  unsigned applies;
  std::string script;           // or, when `run` is set, what the function does
  std::string expected;         // see expectation.h
  std::string difference = {};  // "D1".."D13", or empty
  std::string ciao = {};        // only where a difference is written down
  RowFunction run = nullptr;
};

// A row of the document that has no case here, and why.
struct Inapplicable {
  std::string id;
  std::string reason;
};

// In the order of the document; scripts of one id are told apart as id, id#2, id#3...
const std::vector<Row>& all_rows();
const std::vector<Inapplicable>& rows_without_tls13();

std::vector<Row> rows_before();
std::vector<Row> rows_established();
std::vector<Row> rows_waiting();
std::vector<Row> rows_reading();
std::vector<Row> rows_blocked();
std::vector<Row> rows_setting();
std::vector<Row> rows_posthandshake();
std::vector<Row> rows_sessions();
std::vector<Row> session_rows();
std::vector<Row> setting_rows();
std::vector<Row> bio_rows_memory();
std::vector<Row> bio_rows_filter();
std::vector<Row> bio_rows_socket();
std::vector<Row> callback_rows();
std::vector<Row> trap_rows();

}  // namespace ciao::closing
