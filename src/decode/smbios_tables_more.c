/* SPDX-License-Identifier: Apache-2.0 */
/* The fields of SMBIOS structures (DSP0134 3.7 chapter 7), types 18 to 127. */
#include "decode/smbios_row.h"

static const struct smbios_row memory_error_rows[] = {
    ROW(MEMORY_ERROR_TYPE, UINT, 0x04, 1, "Type"),
    ROW(MEMORY_ERROR_GRANULARITY, UINT, 0x05, 1, "Granularity"),
    ROW(MEMORY_ERROR_OPERATION, UINT, 0x06, 1, "Operation"),
    ROW(MEMORY_ERROR_SYNDROME, UINT, 0x07, 4, "Vendor Syndrome"),
    ROW(MEMORY_ERROR_ARRAY_ADDRESS, UINT, 0x0b, 4, "Memory Array Address"),
    ROW(MEMORY_ERROR_DEVICE_ADDRESS, UINT, 0x0f, 4, "Device Address"),
    ROW(MEMORY_ERROR_RESOLUTION, UINT, 0x13, 4, "Resolution"),
};

static const struct smbios_row memory_range_rows[] = {
    LONG(MEMORY_RANGE_START, START, 0x04, 4, 0x0f, "Starting Address"),
    LONG(MEMORY_RANGE_END, END, 0x08, 4, 0x17, "Ending Address"),
    BOTH(MEMORY_RANGE_ARRAY_HANDLE, HANDLE, 0x0c, 2, MEMORY_RANGE_ARRAY,
         "Physical Array Handle"),
    ROW(MEMORY_RANGE_PARTITION_WIDTH, UINT, 0x0e, 1, "Partition Width"),
    ROW(MEMORY_RANGE_START_EXTENDED, UINT, 0x0f, 8, NULL),
    ROW(MEMORY_RANGE_END_EXTENDED, UINT, 0x17, 8, NULL),
};

static const struct smbios_row memory_device_range_rows[] = {
    LONG(MEMORY_DEVICE_RANGE_START, START, 0x04, 4, 0x13, "Starting Address"),
    LONG(MEMORY_DEVICE_RANGE_END, END, 0x08, 4, 0x1b, "Ending Address"),
    BOTH(MEMORY_DEVICE_RANGE_DEVICE_HANDLE, HANDLE, 0x0c, 2, MEMORY_DEVICE_RANGE_DEVICE,
         "Physical Device Handle"),
    BOTH(MEMORY_DEVICE_RANGE_RANGE_HANDLE, HANDLE, 0x0e, 2, MEMORY_DEVICE_RANGE_RANGE,
         "Memory Array Mapped Address Handle"),
    ROW(MEMORY_DEVICE_RANGE_ROW_POSITION, UINT, 0x10, 1, "Partition Row Position"),
    ROW(MEMORY_DEVICE_RANGE_INTERLEAVE_POSITION, UINT, 0x11, 1, "Interleave Position"),
    ROW(MEMORY_DEVICE_RANGE_INTERLEAVE_DEPTH, UINT, 0x12, 1, "Interleaved Data Depth"),
    ROW(MEMORY_DEVICE_RANGE_START_EXTENDED, UINT, 0x13, 8, NULL),
    ROW(MEMORY_DEVICE_RANGE_END_EXTENDED, UINT, 0x1b, 8, NULL),
};

static const struct smbios_row pointing_device_rows[] = {
    ROW(POINTING_DEVICE_TYPE, UINT, 0x04, 1, "Type"),
    ROW(POINTING_DEVICE_INTERFACE, UINT, 0x05, 1, "Interface"),
    ROW(POINTING_DEVICE_BUTTONS, UINT, 0x06, 1, "Buttons"),
};

static const struct smbios_row battery_rows[] = {
    ROW(BATTERY_LOCATION, STRING, 0x04, 1, "Location"),
    ROW(BATTERY_MANUFACTURER, STRING, 0x05, 1, "Manufacturer"),
    ROW(BATTERY_MANUFACTURE_DATE, STRING, 0x06, 1, "Manufacture Date"),
    ROW(BATTERY_SERIAL, STRING, 0x07, 1, "Serial Number"),
    ROW(BATTERY_NAME, STRING, 0x08, 1, "Name"),
    ROW(BATTERY_CHEMISTRY, UINT, 0x09, 1, "Chemistry"),
    LONG(BATTERY_CAPACITY, MULTIPLIED, 0x0a, 2, 0x15, "Design Capacity"),
    ROW(BATTERY_VOLTAGE, UINT, 0x0c, 2, "Design Voltage"),
    ROW(BATTERY_SBDS_VERSION, STRING, 0x0e, 1, "SBDS Version"),
    ROW(BATTERY_MAXIMUM_ERROR, UINT, 0x0f, 1, "Maximum Error"),
    ROW(BATTERY_SBDS_SERIAL, UINT, 0x10, 2, "SBDS Serial Number"),
    ROW(BATTERY_SBDS_DATE, UINT, 0x12, 2, "SBDS Manufacture Date"),
    ROW(BATTERY_SBDS_CHEMISTRY, STRING, 0x14, 1, "SBDS Chemistry"),
    ROW(BATTERY_MULTIPLIER, UINT, 0x15, 1, NULL),
    ROW(BATTERY_OEM_INFORMATION, UINT, 0x16, 4, "OEM-specific Information"),
};

static const struct smbios_row system_reset_rows[] = {
    PART(SYSTEM_RESET_ENABLED, UINT, 0x04, 1, 0x1, 0, "Status"),
    PART(SYSTEM_RESET_BOOT_OPTION, UINT, 0x04, 1, 0x6, 1, "Boot Option"),
    PART(SYSTEM_RESET_BOOT_OPTION_LIMIT, UINT, 0x04, 1, 0x18, 3, "Boot Option On Limit"),
    PART(SYSTEM_RESET_WATCHDOG, UINT, 0x04, 1, 0x20, 5, "Watchdog Timer"),
    BLANK(0x04, 1, 0xc0),
    ROW(SYSTEM_RESET_COUNT, UINT, 0x05, 2, "Reset Count"),
    ROW(SYSTEM_RESET_LIMIT, UINT, 0x07, 2, "Reset Limit"),
    ROW(SYSTEM_RESET_INTERVAL, UINT, 0x09, 2, "Timer Interval"),
    ROW(SYSTEM_RESET_TIMEOUT, UINT, 0x0b, 2, "Timeout"),
};

static const struct smbios_row hardware_security_rows[] = {
    PART(HARDWARE_SECURITY_FRONT_PANEL_RESET, UINT, 0x04, 1, 0x3, 0,
         "Front Panel Reset Status"),
    PART(HARDWARE_SECURITY_ADMINISTRATOR_PASSWORD, UINT, 0x04, 1, 0xc, 2,
         "Administrator Password Status"),
    PART(HARDWARE_SECURITY_KEYBOARD_PASSWORD, UINT, 0x04, 1, 0x30, 4,
         "Keyboard Password Status"),
    PART(HARDWARE_SECURITY_POWER_ON_PASSWORD, UINT, 0x04, 1, 0xc0, 6,
         "Power-On Password Status"),
};

static const struct smbios_row power_controls_rows[] = {
    ROW(POWER_CONTROLS_NEXT_MONTH, UINT, 0x04, 1, NULL),
    ROW(POWER_CONTROLS_NEXT_DAY, UINT, 0x05, 1, NULL),
    ROW(POWER_CONTROLS_NEXT_HOUR, UINT, 0x06, 1, NULL),
    ROW(POWER_CONTROLS_NEXT_MINUTE, UINT, 0x07, 1, NULL),
    ROW(POWER_CONTROLS_NEXT_SECOND, UINT, 0x08, 1, NULL),
};

static const struct smbios_row voltage_probe_rows[] = {
    ROW(VOLTAGE_PROBE_DESCRIPTION, STRING, 0x04, 1, "Description"),
    PART(VOLTAGE_PROBE_LOCATION, UINT, 0x05, 1, 0x1f, 0, "Location"),
    PART(VOLTAGE_PROBE_STATUS, UINT, 0x05, 1, 0xe0, 5, "Status"),
    ROW(VOLTAGE_PROBE_MAXIMUM, INT, 0x06, 2, "Maximum Value"),
    ROW(VOLTAGE_PROBE_MINIMUM, INT, 0x08, 2, "Minimum Value"),
    ROW(VOLTAGE_PROBE_RESOLUTION, UINT, 0x0a, 2, "Resolution"),
    ROW(VOLTAGE_PROBE_TOLERANCE, INT, 0x0c, 2, "Tolerance"),
    ROW(VOLTAGE_PROBE_ACCURACY, UINT, 0x0e, 2, "Accuracy"),
    ROW(VOLTAGE_PROBE_OEM_INFORMATION, UINT, 0x10, 4, "OEM-specific Information"),
    ROW(VOLTAGE_PROBE_NOMINAL, INT, 0x14, 2, "Nominal Value"),
};

static const struct smbios_row cooling_device_rows[] = {
    BOTH(COOLING_DEVICE_PROBE_HANDLE, HANDLE, 0x04, 2, COOLING_DEVICE_PROBE,
         "Temperature Probe Handle"),
    PART(COOLING_DEVICE_TYPE, UINT, 0x06, 1, 0x1f, 0, "Type"),
    PART(COOLING_DEVICE_STATUS, UINT, 0x06, 1, 0xe0, 5, "Status"),
    ROW(COOLING_DEVICE_GROUP, UINT, 0x07, 1, "Cooling Unit Group"),
    ROW(COOLING_DEVICE_OEM_INFORMATION, UINT, 0x08, 4, "OEM-specific Information"),
    ROW(COOLING_DEVICE_NOMINAL_SPEED, UINT, 0x0c, 2, "Nominal Speed"),
    ROW(COOLING_DEVICE_DESCRIPTION, STRING, 0x0e, 1, "Description"),
};

static const struct smbios_row temperature_probe_rows[] = {
    ROW(TEMPERATURE_PROBE_DESCRIPTION, STRING, 0x04, 1, "Description"),
    PART(TEMPERATURE_PROBE_LOCATION, UINT, 0x05, 1, 0x1f, 0, "Location"),
    PART(TEMPERATURE_PROBE_STATUS, UINT, 0x05, 1, 0xe0, 5, "Status"),
    ROW(TEMPERATURE_PROBE_MAXIMUM, INT, 0x06, 2, "Maximum Value"),
    ROW(TEMPERATURE_PROBE_MINIMUM, INT, 0x08, 2, "Minimum Value"),
    ROW(TEMPERATURE_PROBE_RESOLUTION, UINT, 0x0a, 2, "Resolution"),
    ROW(TEMPERATURE_PROBE_TOLERANCE, INT, 0x0c, 2, "Tolerance"),
    ROW(TEMPERATURE_PROBE_ACCURACY, UINT, 0x0e, 2, "Accuracy"),
    ROW(TEMPERATURE_PROBE_OEM_INFORMATION, UINT, 0x10, 4, "OEM-specific Information"),
    ROW(TEMPERATURE_PROBE_NOMINAL, INT, 0x14, 2, "Nominal Value"),
};

static const struct smbios_row current_probe_rows[] = {
    ROW(CURRENT_PROBE_DESCRIPTION, STRING, 0x04, 1, "Description"),
    PART(CURRENT_PROBE_LOCATION, UINT, 0x05, 1, 0x1f, 0, "Location"),
    PART(CURRENT_PROBE_STATUS, UINT, 0x05, 1, 0xe0, 5, "Status"),
    ROW(CURRENT_PROBE_MAXIMUM, INT, 0x06, 2, "Maximum Value"),
    ROW(CURRENT_PROBE_MINIMUM, INT, 0x08, 2, "Minimum Value"),
    ROW(CURRENT_PROBE_RESOLUTION, UINT, 0x0a, 2, "Resolution"),
    ROW(CURRENT_PROBE_TOLERANCE, INT, 0x0c, 2, "Tolerance"),
    ROW(CURRENT_PROBE_ACCURACY, UINT, 0x0e, 2, "Accuracy"),
    ROW(CURRENT_PROBE_OEM_INFORMATION, UINT, 0x10, 4, "OEM-specific Information"),
    ROW(CURRENT_PROBE_NOMINAL, INT, 0x14, 2, "Nominal Value"),
};

static const struct smbios_row remote_access_rows[] = {
    ROW(REMOTE_ACCESS_MANUFACTURER, STRING, 0x04, 1, "Manufacturer Name"),
    PART(REMOTE_ACCESS_INBOUND, UINT, 0x05, 1, 0x1, 0, "Inbound Connection"),
    PART(REMOTE_ACCESS_OUTBOUND, UINT, 0x05, 1, 0x2, 1, "Outbound Connection"),
    BLANK(0x05, 1, 0xfc),
};

static const struct smbios_row boot_integrity_rows[] = {
    ROW(BOOT_INTEGRITY_CHECKSUM, UINT, 0x04, 1, NULL),
    RESERVED(0x05, 3),
    ROW(BOOT_INTEGRITY_ENTRY_16, UINT, 0x08, 4, NULL),
    ROW(BOOT_INTEGRITY_ENTRY_32, UINT, 0x0c, 4, NULL),
    RESERVED(0x10, 12),
};

static const struct smbios_row boot_status_rows[] = {
    RESERVED(0x04, 6),
    ROW(BOOT_STATUS_STATUS, UINT, 0x0a, 1, "Status"),
};

static const struct smbios_row memory_error_64_rows[] = {
    ROW(MEMORY_ERROR_64_TYPE, UINT, 0x04, 1, "Type"),
    ROW(MEMORY_ERROR_64_GRANULARITY, UINT, 0x05, 1, "Granularity"),
    ROW(MEMORY_ERROR_64_OPERATION, UINT, 0x06, 1, "Operation"),
    ROW(MEMORY_ERROR_64_SYNDROME, UINT, 0x07, 4, "Vendor Syndrome"),
    ROW(MEMORY_ERROR_64_ARRAY_ADDRESS, UINT, 0x0b, 8, "Memory Array Address"),
    ROW(MEMORY_ERROR_64_DEVICE_ADDRESS, UINT, 0x13, 8, "Device Address"),
    ROW(MEMORY_ERROR_64_RESOLUTION, UINT, 0x1b, 4, "Resolution"),
};

static const struct smbios_row management_device_rows[] = {
    ROW(MANAGEMENT_DEVICE_DESCRIPTION, STRING, 0x04, 1, "Description"),
    ROW(MANAGEMENT_DEVICE_TYPE, UINT, 0x05, 1, "Type"),
    ROW(MANAGEMENT_DEVICE_ADDRESS, UINT, 0x06, 4, "Address"),
    ROW(MANAGEMENT_DEVICE_ADDRESS_TYPE, UINT, 0x0a, 1, "Address Type"),
};

static const struct smbios_row management_component_rows[] = {
    ROW(MANAGEMENT_COMPONENT_DESCRIPTION, STRING, 0x04, 1, "Description"),
    BOTH(MANAGEMENT_COMPONENT_DEVICE_HANDLE, HANDLE, 0x05, 2, MANAGEMENT_COMPONENT_DEVICE,
         "Management Device Handle"),
    BOTH(MANAGEMENT_COMPONENT_COMPONENT_HANDLE, HANDLE, 0x07, 2, MANAGEMENT_COMPONENT_COMPONENT,
         "Component Handle"),
    BOTH(MANAGEMENT_COMPONENT_THRESHOLD_HANDLE, HANDLE, 0x09, 2, MANAGEMENT_COMPONENT_THRESHOLD,
         "Threshold Handle"),
};

static const struct smbios_row management_threshold_rows[] = {
    ROW(MANAGEMENT_THRESHOLD_LOWER_NON_CRITICAL, UINT, 0x04, 2, "Lower Non-critical Threshold"),
    ROW(MANAGEMENT_THRESHOLD_UPPER_NON_CRITICAL, UINT, 0x06, 2, "Upper Non-critical Threshold"),
    ROW(MANAGEMENT_THRESHOLD_LOWER_CRITICAL, UINT, 0x08, 2, "Lower Critical Threshold"),
    ROW(MANAGEMENT_THRESHOLD_UPPER_CRITICAL, UINT, 0x0a, 2, "Upper Critical Threshold"),
    ROW(MANAGEMENT_THRESHOLD_LOWER_NON_RECOVERABLE, UINT, 0x0c, 2,
        "Lower Non-recoverable Threshold"),
    ROW(MANAGEMENT_THRESHOLD_UPPER_NON_RECOVERABLE, UINT, 0x0e, 2,
        "Upper Non-recoverable Threshold"),
};

static const struct smbios_row memory_channel_rows[] = {
    ROW(MEMORY_CHANNEL_TYPE, UINT, 0x04, 1, "Type"),
    ROW(MEMORY_CHANNEL_MAXIMAL_LOAD, UINT, 0x05, 1, "Maximal Load"),
    ROW(MEMORY_CHANNEL_DEVICE_COUNT, UINT, 0x06, 1, "Devices"),
};

static const struct smbios_row ipmi_rows[] = {
    ROW(IPMI_TYPE, UINT, 0x04, 1, "Interface Type"),
    ROW(IPMI_VERSION, UINT, 0x05, 1, "Specification Version"),
    ROW(IPMI_I2C_ADDRESS, UINT, 0x06, 1, "I2C Slave Address"),
    ROW(IPMI_NV_ADDRESS, UINT, 0x07, 1, "NV Storage Device Address"),
    ROW(IPMI_BASE_ADDRESS, UINT, 0x08, 8, "Base Address"),
    PART(IPMI_INTERRUPT_TRIGGER, UINT, 0x10, 1, 0x1, 0, "Interrupt Trigger Mode"),
    PART(IPMI_INTERRUPT_POLARITY, UINT, 0x10, 1, 0x2, 1, "Interrupt Polarity"),
    PART(IPMI_INTERRUPT_SPECIFIED, UINT, 0x10, 1, 0x8, 3, NULL),
    PART(IPMI_ADDRESS_BIT_0, UINT, 0x10, 1, 0x10, 4, NULL),
    PART(IPMI_REGISTER_SPACING, UINT, 0x10, 1, 0xc0, 6, "Register Spacing"),
    BLANK(0x10, 1, 0x24),
    ROW(IPMI_INTERRUPT, UINT, 0x11, 1, "Interrupt Number"),
};

static const struct smbios_row power_supply_rows[] = {
    ROW(POWER_SUPPLY_GROUP, UINT, 0x04, 1, "Power Unit Group"),
    ROW(POWER_SUPPLY_LOCATION, STRING, 0x05, 1, "Location"),
    ROW(POWER_SUPPLY_NAME, STRING, 0x06, 1, "Name"),
    ROW(POWER_SUPPLY_MANUFACTURER, STRING, 0x07, 1, "Manufacturer"),
    ROW(POWER_SUPPLY_SERIAL, STRING, 0x08, 1, "Serial Number"),
    ROW(POWER_SUPPLY_ASSET, STRING, 0x09, 1, "Asset Tag"),
    ROW(POWER_SUPPLY_PART, STRING, 0x0a, 1, "Model Part Number"),
    ROW(POWER_SUPPLY_REVISION, STRING, 0x0b, 1, "Revision"),
    ROW(POWER_SUPPLY_MAXIMUM_POWER, UINT, 0x0c, 2, "Max Power Capacity"),
    PART(POWER_SUPPLY_HOT_REPLACEABLE, UINT, 0x0e, 2, 0x1, 0, "Hot Replaceable"),
    PART(POWER_SUPPLY_PRESENT, FLAG, 0x0e, 2, 0x2, 1, NULL),
    PART(POWER_SUPPLY_PLUGGED, UINT, 0x0e, 2, 0x4, 2, "Plugged"),
    PART(POWER_SUPPLY_RANGE_SWITCHING, UINT, 0x0e, 2, 0x78, 3, "Input Voltage Range Switching"),
    PART(POWER_SUPPLY_STATUS, UINT, 0x0e, 2, 0x380, 7, NULL),
    PART(POWER_SUPPLY_TYPE, UINT, 0x0e, 2, 0x3c00, 10, "Type"),
    BLANK(0x0e, 2, 0xc000),
    BOTH(POWER_SUPPLY_VOLTAGE_PROBE_HANDLE, HANDLE, 0x10, 2, POWER_SUPPLY_VOLTAGE_PROBE,
         "Input Voltage Probe Handle"),
    BOTH(POWER_SUPPLY_COOLING_HANDLE, HANDLE, 0x12, 2, POWER_SUPPLY_COOLING,
         "Cooling Device Handle"),
    BOTH(POWER_SUPPLY_CURRENT_PROBE_HANDLE, HANDLE, 0x14, 2, POWER_SUPPLY_CURRENT_PROBE,
         "Input Current Probe Handle"),
};

static const struct smbios_row additional_rows[] = {
    ROW(ADDITIONAL_COUNT, UINT, 0x04, 1, NULL),
};

static const struct smbios_row onboard_device_rows[] = {
    ROW(ONBOARD_DEVICE_DESIGNATION, STRING, 0x04, 1, "Reference Designation"),
    PART(ONBOARD_DEVICE_TYPE, UINT, 0x05, 1, 0x7f, 0, "Type"),
    PART(ONBOARD_DEVICE_ENABLED, UINT, 0x05, 1, 0x80, 7, "Status"),
    ROW(ONBOARD_DEVICE_INSTANCE, UINT, 0x06, 1, "Type Instance"),
    ROW(ONBOARD_DEVICE_SEGMENT, UINT, 0x07, 2, NULL),
    ROW(ONBOARD_DEVICE_BUS, UINT, 0x09, 1, NULL),
    ROW(ONBOARD_DEVICE_DEVICE_FUNCTION, UINT, 0x0a, 1, NULL),
};

static const struct smbios_row host_interface_rows[] = {
    ROW(HOST_INTERFACE_TYPE, UINT, 0x04, 1, "Host Interface Type"),
};

static const struct smbios_row tpm_rows[] = {
    ROW(TPM_VENDOR, CHARS, 0x04, 4, "Vendor ID"),
    BOTH(TPM_SPEC_MAJOR, PAIR, 0x08, 2, TPM_SPEC_MINOR, "Specification Version"),
    ROW(TPM_FIRMWARE_1, UINT, 0x0a, 4, NULL),
    ROW(TPM_FIRMWARE_2, UINT, 0x0e, 4, NULL),
    ROW(TPM_DESCRIPTION, STRING, 0x12, 1, "Description"),
    PART(TPM_CHARACTERISTICS, BITS, 0x13, 8, 0x3c, 0, "Characteristics"),
    BLANK(0x13, 8, 0xffffffffffffffc3),
    ROW(TPM_OEM_INFORMATION, UINT, 0x1b, 4, "OEM-specific Information"),
};

static const struct smbios_row processor_additional_rows[] = {
    BOTH(PROCESSOR_ADDITIONAL_REFERENCE_HANDLE, HANDLE, 0x04, 2, PROCESSOR_ADDITIONAL_REFERENCE,
         "Referenced Handle"),
    ROW(PROCESSOR_ADDITIONAL_BLOCK_LENGTH, UINT, 0x06, 1, NULL),
    ROW(PROCESSOR_ADDITIONAL_ARCHITECTURE, UINT, 0x07, 1, "Processor Type"),
};

static const struct smbios_row firmware_rows[] = {
    ROW(FIRMWARE_COMPONENT, STRING, 0x04, 1, "Firmware Component Name"),
    ROW(FIRMWARE_VERSION, STRING, 0x05, 1, "Firmware Version"),
    ROW(FIRMWARE_VERSION_FORMAT, UINT, 0x06, 1, NULL),
    ROW(FIRMWARE_ID, STRING, 0x07, 1, "Firmware ID"),
    ROW(FIRMWARE_ID_FORMAT, UINT, 0x08, 1, NULL),
    ROW(FIRMWARE_RELEASE_DATE, STRING, 0x09, 1, "Release Date"),
    ROW(FIRMWARE_MANUFACTURER, STRING, 0x0a, 1, "Manufacturer"),
    ROW(FIRMWARE_LOWEST_VERSION, STRING, 0x0b, 1, "Lowest Supported Firmware Version"),
    ROW(FIRMWARE_IMAGE_SIZE, UINT, 0x0c, 8, "Image Size"),
    PART(FIRMWARE_CHARACTERISTICS, BITS, 0x14, 2, 0x3, 0, "Characteristics"),
    BLANK(0x14, 2, 0xfffc),
    ROW(FIRMWARE_STATE, UINT, 0x16, 1, "State"),
    ROW(FIRMWARE_COMPONENT_COUNT, UINT, 0x17, 1, "Associated Components"),
};

static const struct smbios_row string_property_rows[] = {
    ROW(STRING_PROPERTY_ID, UINT, 0x04, 2, "String Property ID"),
    ROW(STRING_PROPERTY_VALUE, STRING, 0x06, 1, "String Property Value"),
    BOTH(STRING_PROPERTY_PARENT_HANDLE, HANDLE, 0x07, 2, STRING_PROPERTY_PARENT,
         "Parent Handle"),
};

const struct smbios_type smbios_types_high[] = {
    TYPE(18, 0x17, 0x00, memory_error, "memory-error", "32-bit Memory Error Information"),
    TYPE(19, 0x0f, 0x00, memory_range, "memory-range", "Memory Array Mapped Address"),
    TYPE(20, 0x13, 0x00, memory_device_range, "memory-device-range",
         "Memory Device Mapped Address"),
    TYPE(21, 0x07, 0x00, pointing_device, "pointing-device", "Built-in Pointing Device"),
    TYPE(22, 0x10, 0x04, battery, "battery", "Portable Battery"),
    TYPE(23, 0x0d, 0x00, system_reset, "system-reset", "System Reset"),
    TYPE(24, 0x05, 0x00, hardware_security, "hardware-security", "Hardware Security"),
    TYPE(25, 0x09, 0x00, power_controls, "power-controls", "System Power Controls"),
    TYPE(26, 0x14, 0x04, voltage_probe, "voltage-probe", "Voltage Probe"),
    TYPE(27, 0x0c, 0x0e, cooling_device, "cooling-device", "Cooling Device"),
    TYPE(28, 0x14, 0x04, temperature_probe, "temperature-probe", "Temperature Probe"),
    TYPE(29, 0x14, 0x04, current_probe, "current-probe", "Electrical Current Probe"),
    TYPE(30, 0x06, 0x00, remote_access, "remote-access", "Out-of-band Remote Access"),
    TYPE(31, 0x1c, 0x00, boot_integrity, "boot-integrity",
         "Boot Integrity Services Entry Point"),
    TYPE(32, 0x0b, 0x00, boot_status, "boot-status", "System Boot Information"),
    TYPE(33, 0x1f, 0x00, memory_error_64, "memory-error-64", "64-bit Memory Error Information"),
    TYPE(34, 0x0b, 0x04, management_device, "management-device", "Management Device"),
    TYPE(35, 0x0b, 0x04, management_component, "management-component",
         "Management Device Component"),
    TYPE(36, 0x10, 0x00, management_threshold, "management-threshold",
         "Management Device Threshold Data"),
    TYPE(37, 0x07, 0x00, memory_channel, "memory-channel", "Memory Channel"),
    TYPE(38, 0x10, 0x00, ipmi, "ipmi", "IPMI Device Information"),
    TYPE(39, 0x10, 0x05, power_supply, "power-supply", "System Power Supply"),
    TYPE(40, 0x05, 0x00, additional, "additional", "Additional Information"),
    TYPE(41, 0x0b, 0x04, onboard_device, "onboard-device", "Onboard Device"),
    TYPE(42, 0x05, 0x00, host_interface, "host-interface",
         "Management Controller Host Interface"),
    TYPE(43, 0x1b, 0x00, tpm, "tpm", "TPM Device"),
    TYPE(44, 0x06, 0x00, processor_additional, "processor-additional",
         "Processor Additional Information"),
    TYPE(45, 0x18, 0x04, firmware, "firmware", "Firmware Inventory Information"),
    TYPE(46, 0x09, 0x00, string_property, "string-property", "String Property"),
    BARE(126, 0x04, 0x00, "inactive", "Inactive"),
    BARE(127, 0x04, 0x00, "end-of-table", "End Of Table"),
};

const size_t smbios_types_high_count = ARRAY_LEN(smbios_types_high);
