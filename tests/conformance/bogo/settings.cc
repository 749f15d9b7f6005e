#include "settings.h"

#include <openssl/evp.h>

#include <charconv>
#include <unordered_map>
#include <variant>

namespace shim {
namespace {

struct Base64 {
  std::string Settings::* member;
};
struct ExpectedBase64 {
  std::optional<std::string> Settings::* member;
};

using Field = std::variant<bool Settings::*, int Settings::*, std::string Settings::*,
                           std::optional<std::string> Settings::*, std::vector<int> Settings::*,
                           Base64, ExpectedBase64>;

const std::unordered_map<std::string_view, Field>& fields() {
  using S = Settings;
  static const std::unordered_map<std::string_view, Field> table = {
      {"advertise-alpn", &S::advertise_alpn},
      {"advertise-npn", &S::advertise_npn},
      {"allow-unknown-alpn-protos", &S::allow_unknown_alpn_protos},
      {"async", &S::async},
      {"cert-file", &S::cert_file},
      {"check-close-notify", &S::check_close_notify},
      {"cipher", &S::cipher},
      {"curves", &S::curves},
      {"decline-alpn", &S::decline_alpn},
      {"decline-ocsp-callback", &S::decline_ocsp_callback},
      {"enable-early-data", &S::enable_early_data},
      {"enable-ocsp-stapling", &S::enable_ocsp_stapling},
      {"enable-signed-cert-timestamps", &S::enable_signed_cert_timestamps},
      {"expect-accept-early-data", &S::expect_accept_early_data},
      {"expect-advertised-alpn", &S::expect_advertised_alpn},
      {"expect-alpn", &S::expect_alpn},
      {"expect-certificate-types", ExpectedBase64{&S::expect_certificate_types}},
      {"expect-cipher", &S::expect_cipher},
      {"expect-client-ca-list", &S::expect_client_ca_list},
      {"expect-curve-id", &S::expect_curve_id},
      {"expect-early-data-reason", &S::expect_early_data_reason},
      {"expect-extended-master-secret", &S::expect_extended_master_secret},
      {"expect-hrr", &S::expect_hrr},
      {"expect-msg-callback", &S::expect_msg_callback},
      {"expect-next-proto", &S::expect_next_proto},
      {"expect-no-hrr", &S::expect_no_hrr},
      {"expect-no-offer-early-data", &S::expect_no_offer_early_data},
      {"expect-no-secure-renegotiation", &S::expect_no_secure_renegotiation},
      {"expect-no-session", &S::expect_no_session},
      {"expect-no-session-id", &S::expect_no_session_id},
      {"expect-ocsp-response", ExpectedBase64{&S::expect_ocsp_response}},
      {"expect-peer-cert-file", &S::expect_peer_cert_file},
      {"expect-peer-signature-algorithm", &S::expect_peer_signature_algorithm},
      {"expect-peer-verify-pref", &S::expect_peer_verify_pref},
      {"expect-reject-early-data", &S::expect_reject_early_data},
      {"expect-secure-renegotiation", &S::expect_secure_renegotiation},
      {"expect-server-name", &S::expect_server_name},
      {"expect-session-id", &S::expect_session_id},
      {"expect-session-miss", &S::expect_session_miss},
      {"expect-signed-cert-timestamps", ExpectedBase64{&S::expect_signed_cert_timestamps}},
      {"expect-ticket-renewal", &S::expect_ticket_renewal},
      {"expect-ticket-supports-early-data", &S::expect_ticket_supports_early_data},
      {"expect-total-renegotiations", &S::expect_total_renegotiations},
      {"expect-verify-result", &S::expect_verify_result},
      {"expect-version", &S::expect_version},
      {"export-context", &S::export_context},
      {"export-keying-material", &S::export_keying_material},
      {"export-label", &S::export_label},
      {"export-traffic-secrets", &S::export_traffic_secrets},
      {"fail-cert-callback", &S::fail_cert_callback},
      {"fail-early-callback", &S::fail_early_callback},
      {"fail-ocsp-callback", &S::fail_ocsp_callback},
      {"fallback-scsv", &S::fallback_scsv},
      {"forbid-renegotiation-after-handshake", &S::forbid_renegotiation_after_handshake},
      {"handshake-twice", &S::handshake_twice},
      {"host-name", &S::host_name},
      {"implicit-handshake", &S::implicit_handshake},
      {"key-file", &S::key_file},
      {"key-update", &S::key_update},
      {"max-cert-list", &S::max_cert_list},
      {"max-send-fragment", &S::max_send_fragment},
      {"max-version", &S::max_version},
      {"min-version", &S::min_version},
      {"no-op-extra-handshake", &S::no_op_extra_handshake},
      {"no-ticket", &S::no_ticket},
      {"no-tls1", &S::no_tls1},
      {"no-tls11", &S::no_tls11},
      {"no-tls12", &S::no_tls12},
      {"no-tls13", &S::no_tls13},
      {"ocsp-response", Base64{&S::ocsp_response}},
      {"partial-write", &S::partial_write},
      {"peek-then-read", &S::peek_then_read},
      {"port", &S::port},
      {"psk", &S::psk},
      {"psk-identity", &S::psk_identity},
      {"read-size", &S::read_size},
      {"read-with-unfinished-write", &S::read_with_unfinished_write},
      {"reject-alpn", &S::reject_alpn},
      {"renegotiate-freely", &S::renegotiate_freely},
      {"renegotiate-once", &S::renegotiate_once},
      {"renew-ticket", &S::renew_ticket},
      {"require-any-client-certificate", &S::require_any_client_certificate},
      {"resume-count", &S::resume_count},
      {"resumption-delay", &S::resumption_delay},
      {"select-alpn", &S::select_alpn},
      {"select-empty-alpn", &S::select_empty_alpn},
      {"select-next-proto", &S::select_next_proto},
      {"server", &S::server},
      {"server-preference", &S::server_preference},
      {"set-ocsp-in-callback", &S::set_ocsp_in_callback},
      {"shim-shuts-down", &S::shim_shuts_down},
      {"shim-writes-first", &S::shim_writes_first},
      {"signed-cert-timestamps", Base64{&S::signed_cert_timestamps}},
      {"signing-prefs", &S::signing_prefs},
      {"srtp-profiles", &S::srtp_profiles},
      {"tls-unique", &S::tls_unique},
      {"use-client-ca-list", &S::use_client_ca_list},
      {"use-custom-verify-callback", &S::use_custom_verify_callback},
      {"use-early-callback", &S::use_early_callback},
      {"use-export-context", &S::use_export_context},
      {"use-exporter-between-reads", &S::use_exporter_between_reads},
      {"use-ocsp-callback", &S::use_ocsp_callback},
      {"use-old-client-cert-callback", &S::use_old_client_cert_callback},
      {"use-ticket-callback", &S::use_ticket_callback},
      {"verify-fail", &S::verify_fail},
      {"verify-peer", &S::verify_peer},
      {"verify-prefs", &S::verify_prefs},
      {"write-different-record-sizes", &S::write_different_record_sizes},
  };
  return table;
}

std::optional<int> parse_int(std::string_view text) {
  int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

std::optional<std::string> parse_base64(std::string_view text) {
  if (text.size() % 4 != 0) return std::nullopt;
  std::string decoded(text.size() / 4 * 3, '\0');
  const int length = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(decoded.data()),
                                     reinterpret_cast<const unsigned char*>(text.data()),
                                     static_cast<int>(text.size()));
  if (length < 0) return std::nullopt;
  const std::size_t padding = text.size() - text.substr(0, text.find('=')).size();
  decoded.resize(static_cast<std::size_t>(length) - padding);
  return decoded;
}

// Stores one flag's value; false if it is not of the field's form.
struct Store {
  std::string_view value;
  Settings& into;

  bool operator()(bool Settings::*) const { return false; }
  bool operator()(int Settings::* member) const {
    const auto number = parse_int(value);
    if (number) into.*member = *number;
    return number.has_value();
  }
  bool operator()(std::vector<int> Settings::* member) const {
    const auto number = parse_int(value);
    if (number) (into.*member).push_back(*number);
    return number.has_value();
  }
  bool operator()(std::string Settings::* member) const {
    into.*member = value;
    return true;
  }
  bool operator()(std::optional<std::string> Settings::* member) const {
    into.*member = std::string(value);
    return true;
  }
  bool operator()(Base64 field) const {
    const auto decoded = parse_base64(value);
    if (decoded) into.*field.member = *decoded;
    return decoded.has_value();
  }
  bool operator()(ExpectedBase64 field) const {
    into.*field.member = parse_base64(value);
    return (into.*field.member).has_value();
  }
};

bool strip(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

// The settings that a flag is about, whose prefix is taken off.
std::vector<Settings*> settings_of(std::string_view& name, Plan& plan) {
  if (strip(name, "on-initial-")) return {&plan.initial};
  if (strip(name, "on-resume-")) return {&plan.resume};
  if (strip(name, "on-retry-")) return {&plan.retry};
  return {&plan.initial, &plan.resume, &plan.retry};
}

}  // namespace

Parsed parse_flags(std::span<char* const> arguments, Plan& plan, std::string& why) {
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    std::string_view name = arguments[i];
    why = name;
    if (!strip(name, "-")) return Parsed::unknown_flag;
    const auto targets = settings_of(name, plan);
    const auto field = fields().find(name);
    if (field == fields().end()) return Parsed::unknown_flag;
    if (const auto* flag = std::get_if<bool Settings::*>(&field->second)) {
      for (Settings* settings : targets) settings->** flag = true;
      continue;
    }
    if (++i == arguments.size()) return Parsed::bad_value;
    for (Settings* settings : targets) {
      if (!std::visit(Store{arguments[i], *settings}, field->second)) return Parsed::bad_value;
    }
  }
  return Parsed::ok;
}

}  // namespace shim
