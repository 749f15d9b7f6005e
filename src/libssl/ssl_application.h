// What a handshake asks of the application, answered by its callbacks.
#pragma once

#include <openssl/ssl.h>

#include "config/application.h"

namespace ciao::tls {

class SslApplication final : public Application {
 public:
  explicit SslApplication(SSL& ssl) : ssl_(ssl) {}

  Result<Answer> client_hello(const ClientHello& hello) override;
  Result<Bytes> make_cookie() override;
  bool checks_cookies() override;
  bool check_cookie(ByteView cookie) override;
  Result<NameAnswer> server_name(std::string_view name) override;
  Result<NameAnswer> server_name_answered() override;
  Result<Bytes> select_alpn(ByteView offered) override;
  bool speaks_next_protocol() override;
  std::optional<Bytes> advertised_protocols() override;
  Result<Bytes> select_next_protocol(ByteView advertised) override;
  Result<Bytes> ocsp_response() override;
  Result<Answer> check_ocsp_response(ByteView response) override;
  bool has_dh_group(const DhQuestion& question) override;
  Result<DhGroup> dh_group(const DhQuestion& question) override;
  Result<void> check_dh_group(const DhGroup& group) override;
  bool has_psk() override;
  Result<PreSharedKey> client_psk(const char* hint) override;
  Result<SecretBytes> server_psk(const std::string& identity) override;
  std::string psk_identity_hint() override;
  Result<ExternalPsk> offer_psk(std::optional<HashId> hash) override;
  Result<Ref<Session>> find_psk(ByteView identity) override;
  Result<void> session_ticket_extension(ByteView content) override;
  bool has_external_secret() override;
  Result<std::optional<ExternalSecret>> external_secret(
      std::span<const std::uint16_t> peer_suites) override;
  std::vector<CustomExtension> custom_extensions() override;
  Result<std::optional<Bytes>> write_extension(const CustomExtension& extension, In message,
                                               CertificatePlace place) override;
  Result<void> read_extension(const CustomExtension& extension, In message, ByteView content,
                              CertificatePlace place) override;
  Result<bool> allow_early_data() override;
  std::size_t record_padding(ContentType type, std::size_t size) override;

  // The ClientHello that a client_hello callback may look at; null outside of one.
  const ClientHello* hello() const { return hello_; }

 private:
  SSL& ssl_;
  const ClientHello* hello_ = nullptr;
};

}  // namespace ciao::tls
