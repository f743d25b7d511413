//! The error numbers of the vendor's list with their names: whoever reports one takes it from here.

/// An error number of the service with its name. The first three digits are the HTTP status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Code(pub u32, pub &'static str);

impl Code {
    /// The HTTP status that goes with it.
    pub fn status(self) -> u16 {
        u16::try_from(self.0 / 1000).unwrap_or(500)
    }
}

/// Declares the numbers, and the list of all of them.
macro_rules! codes {
    ($($name:ident = $number:literal $text:literal;)+) => {
        $(pub const $name: Code = Code($number, $text);)+

        /// All of them, in ascending order.
        pub const ALL: &[Code] = &[$($name),+];
    };
}

codes! {
    GENERIC_BAD_REQUEST = 400_000 "GenericBadRequest";
    ARGUMENT_INVALID = 400_004 "ArgumentInvalid";
    IOT_HUB_FORMAT_ERROR = 400_006 "IotHubFormatError";
    CONNECTION_FORCEFULLY_CLOSED_ON_NEW_CONNECTION = 400_027
        "ConnectionForcefullyClosedOnNewConnection";
    CONNECTION_FORCEFULLY_CLOSED_ON_FAULT_INJECTION = 400_029
        "ConnectionForcefullyClosedOnFaultInjection";
    CONNECTION_REJECTED_ON_FAULT_INJECTION = 400_030 "ConnectionRejectedOnFaultInjection";
    CUSTOM_ALLOCATION_FAILED = 400_207 "CustomAllocationFailed";
    CUSTOM_ALLOCATION_IOT_HUB_NOT_SPECIFIED = 400_208 "CustomAllocationIotHubNotSpecified";
    CUSTOM_ALLOCATION_UNAUTHORIZED_ACCESS = 400_209 "CustomAllocationUnauthorizedAccess";
    IOT_HUB_UNAUTHORIZED_ACCESS = 401_002 "IotHubUnauthorizedAccess";
    IOT_HUB_UNAUTHORIZED = 401_003 "IoTHubUnauthorized";
    IOT_HUB_QUOTA_EXCEEDED = 403_002 "IotHubQuotaExceeded";
    DEVICE_MAXIMUM_QUEUE_DEPTH_EXCEEDED = 403_004 "DeviceMaximumQueueDepthExceeded";
    INVALID_MESSAGE_EXPIRY_TIME = 403_009 "InvalidMessageExpiryTime";
    OPERATION_NOT_AVAILABLE_IN_CURRENT_TIER = 403_010 "OperationNotAvailableInCurrentTier";
    DEVICE_DISABLED = 403_012 "DeviceDisabled";
    DEVICE_MODEL_MAX_PROPERTIES_EXCEEDED = 403_100 "DeviceModelMaxPropertiesExceeded";
    DEVICE_MAXIMUM_INFLIGHT_METHOD_EXCEEDED = 403_800 "DeviceMaximumInflightMethodExceeded";
    GENERIC_NOT_FOUND = 404_000 "GenericNotFound";
    DEVICE_NOT_FOUND = 404_001 "DeviceNotFound";
    MODULE_NOT_FOUND = 404_010 "ModuleNotFound";
    DEVICE_NOT_ONLINE = 404_103 "DeviceNotOnline";
    DEVICE_CONNECTION_CLOSED_REMOTELY = 404_104 "DeviceConnectionClosedRemotely";
    ENROLLMENT_NOT_FOUND = 404_201 "EnrollmentNotFound";
    DEVICE_REGISTRATION_NOT_FOUND = 404_202 "DeviceRegistrationNotFound";
    ASYNC_OPERATION_NOT_FOUND = 404_203 "AsyncOperationNotFound";
    PRECONDITION_FAILED = 412_001 "PreconditionFailed";
    MESSAGE_TOO_LARGE = 413_001 "MessageTooLarge";
    THROTTLING_EXCEPTION = 429_001 "ThrottlingException";
    THROTTLE_BACKLOG_LIMIT_EXCEEDED = 429_002 "ThrottleBacklogLimitExceeded";
    SERVER_ERROR = 500_001 "ServerError";
    GENERIC_BAD_GATEWAY = 502_000 "GenericBadGateway";
    SERVICE_UNAVAILABLE = 503_001 "ServiceUnavailable";
    GATEWAY_TIMEOUT = 504_101 "GatewayTimeout";
}

/// The number, and a text of ours, for a request that is answered with this status and for no other
/// reason.
pub(crate) const fn of_status(status: u16) -> (u32, &'static str) {
    match status {
        400 => (ARGUMENT_INVALID.0, "The request is not valid"),
        401 => (IOT_HUB_UNAUTHORIZED.0, "The device is not authorized"),
        403 => (IOT_HUB_QUOTA_EXCEEDED.0, "The daily quota is spent"),
        404 => (DEVICE_NOT_FOUND.0, "The device is not registered"),
        412 => (PRECONDITION_FAILED.0, "The precondition failed"),
        429 => (THROTTLING_EXCEPTION.0, "Too many requests"),
        500 => (SERVER_ERROR.0, "The service met an unexpected condition"),
        503 => (SERVICE_UNAVAILABLE.0, "The service is not available"),
        504 => (GATEWAY_TIMEOUT.0, "The operation timed out"),
        _ => (status as u32 * 1000, "The operation failed"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_ascend_and_begin_with_a_status_and_names_are_words() {
        assert!(ALL.is_sorted_by(|a, b| a.0 < b.0), "a number is out of its place, or there twice");
        for code in ALL {
            assert!((400..600).contains(&code.status()), "{code:?}");
            assert!(code.1.bytes().all(|byte| byte.is_ascii_alphanumeric()), "{code:?}");
        }
    }

    #[test]
    fn a_status_without_more_has_a_number_of_its_own_class() {
        for status in [400, 401, 403, 404, 409, 412, 413, 429, 500, 502, 503, 504, 599] {
            let (number, text) = of_status(status);
            assert_eq!(number / 1000, u32::from(status), "{text}");
            assert!(number % 1000 == 0 || ALL.iter().any(|code| code.0 == number), "{number}");
        }
    }
}
