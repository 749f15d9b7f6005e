// Alert (RFC 8446 §6).
#pragma once

#include "wire/reader.h"

namespace ciao::tls {

constexpr std::size_t kAlertSize = 2;

//  struct {
//      AlertLevel level;
//      AlertDescription description;
//  } Alert;
struct Alert {
  AlertLevel level{};
  AlertDescription description{};

  static Result<Alert> parse(ByteView body) {
    // RFC 8446 §5.1: "a record with an Alert type MUST contain exactly one message". The alert is
    // OpenSSL's.
    if (body.size() != kAlertSize)
      return Error{Reason::invalid_alert, AlertDescription::unexpected_message};
    return Alert{static_cast<AlertLevel>(body[0]), static_cast<AlertDescription>(body[1])};
  }
};

}  // namespace ciao::tls
