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
    if (body.size() != kAlertSize)
      return Error{Reason::invalid_alert, AlertDescription::decode_error};
    return Alert{static_cast<AlertLevel>(body[0]), static_cast<AlertDescription>(body[1])};
  }
};

}  // namespace ciao::tls
