// Early data (RFC 8446 §2.3): the pauses of a handshake, and what may be sent and read in them.
#include "config/application.h"
#include "config/observer.h"
#include "connection/connection.h"

namespace ciao::tls {

void Connection::use_early_data() {
  early_ = std::make_unique<EarlyData>();
  if (session_) early_->limit = session_->max_early_data;
}

void Connection::use_stateless_retry() {
  use_early_data();
  early_->stateless_retry = true;
}

void Connection::pause_for_early_data() {
  in_early_data_ = true;
  stages_.tell(Progress::paused);
}

void Connection::resume_handshake() {
  if (!in_early_data_) return;
  in_early_data_ = false;
  // The server's next message can only be read behind our Finished.
  if (stage() == HandshakeStage::pending_early_data_end && channel().messages().holds_input()) {
    end_early_data();
  }
  stages_.tell(Progress::resumed);
}

// Whether application data may come in this pause: at a client the server's, once it has proven
// itself, at a server early data that was accepted.
bool Connection::takes_early_data() const {
  return role_ == Role::server ? negotiated_.early_data == EarlyDataStatus::accepted
                               : stage() == HandshakeStage::pending_early_data_end;
}

Result<void> Connection::announce_early_data(std::size_t size) {
  if (!in_early_data_) return internal_error();
  const Result<void> counted = early_->add(size, AlertDescription::internal_error);
  if (!counted) return fail(counted.error());
  return {};
}

Result<std::size_t> Connection::write_early_data(ByteView data) {
  if (phase_ == Phase::dead) return died_of();
  if (!in_early_data_) return internal_error();
  if (!early_->keyed) return std::min(data.size(), channel().max_fragment());
  return write_record(data);
}

void Connection::end_early_data() {
  if (early_) early_->writing = false;
}

Result<void> Connection::export_early_keying_material(std::string_view label, ByteView context,
                                                      MutableBytes out) const {
  if (!early_ || early_->exporter_master.view().empty()) return internal_error();
  return tls::export_keying_material(*algorithms_, early_->hash, early_->exporter_master.view(),
                                     label, context, out);
}

}  // namespace ciao::tls
