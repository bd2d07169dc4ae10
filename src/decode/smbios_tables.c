/* SPDX-License-Identifier: Apache-2.0 */
/* The fields of SMBIOS structures (DSP0134 3.7 chapter 7), types 0 to 17. */
#include "decode/smbios_row.h"

static const struct smbios_row bios_rows[] = {
    ROW(BIOS_VENDOR, STRING, 0x04, 1, "Vendor"),
    ROW(BIOS_VERSION, STRING, 0x05, 1, "Version"),
    ROW(BIOS_ADDRESS, SEGMENT, 0x06, 2, "Address"),
    ROW(BIOS_RELEASE_DATE, STRING, 0x08, 1, "Release Date"),
    ROW(BIOS_ROM_SIZE, ROM_SIZE, 0x09, 1, "ROM Size"),
    PART(BIOS_CHARACTERISTICS, BITS, 0x0a, 8, 0xfffffff8, 0, "Characteristics"),
    BLANK(0x0a, 8, 0xffffffff00000007),
    ROW(BIOS_CHARACTERISTICS_1, BITS, 0x12, 1, "Characteristics"),
    PART(BIOS_CHARACTERISTICS_2, BITS, 0x13, 1, 0x7f, 0, "Characteristics"),
    BLANK(0x13, 1, 0x80),
    BOTH(BIOS_REVISION_MAJOR, PAIR, 0x14, 2, BIOS_REVISION_MINOR, "BIOS Revision"),
    BOTH(BIOS_CONTROLLER_MAJOR, PAIR, 0x16, 2, BIOS_CONTROLLER_MINOR, "Firmware Revision"),
    ROW(BIOS_ROM_SIZE_EXTENDED, UINT, 0x18, 2, NULL),
};

static const struct smbios_row system_rows[] = {
    ROW(SYSTEM_MANUFACTURER, STRING, 0x04, 1, "Manufacturer"),
    ROW(SYSTEM_PRODUCT, STRING, 0x05, 1, "Product Name"),
    ROW(SYSTEM_VERSION, STRING, 0x06, 1, "Version"),
    ROW(SYSTEM_SERIAL, STRING, 0x07, 1, "Serial Number"),
    ROW(SYSTEM_UUID, UUID, 0x08, 16, "UUID"),
    ROW(SYSTEM_WAKE_UP_TYPE, UINT, 0x18, 1, "Wake-up Type"),
    ROW(SYSTEM_SKU, STRING, 0x19, 1, "SKU Number"),
    ROW(SYSTEM_FAMILY, STRING, 0x1a, 1, "Family"),
};

static const struct smbios_row baseboard_rows[] = {
    ROW(BASEBOARD_MANUFACTURER, STRING, 0x04, 1, "Manufacturer"),
    ROW(BASEBOARD_PRODUCT, STRING, 0x05, 1, "Product Name"),
    ROW(BASEBOARD_VERSION, STRING, 0x06, 1, "Version"),
    ROW(BASEBOARD_SERIAL, STRING, 0x07, 1, "Serial Number"),
    ROW(BASEBOARD_ASSET, STRING, 0x08, 1, "Asset Tag"),
    PART(BASEBOARD_FEATURES, BITS, 0x09, 1, 0x1f, 0, "Features"),
    BLANK(0x09, 1, 0xe0),
    ROW(BASEBOARD_LOCATION, STRING, 0x0a, 1, "Location In Chassis"),
    BOTH(BASEBOARD_CHASSIS_HANDLE, HANDLE, 0x0b, 2, BASEBOARD_CHASSIS, "Chassis Handle"),
    ROW(BASEBOARD_TYPE, UINT, 0x0d, 1, "Type"),
    ROW(BASEBOARD_CONTAINED_COUNT, UINT, 0x0e, 1, "Contained Object Handles"),
};

static const struct smbios_row chassis_rows[] = {
    ROW(CHASSIS_MANUFACTURER, STRING, 0x04, 1, "Manufacturer"),
    PART(CHASSIS_TYPE, UINT, 0x05, 1, 0x7f, 0, "Type"),
    PART(CHASSIS_LOCK, UINT, 0x05, 1, 0x80, 7, "Lock"),
    ROW(CHASSIS_VERSION, STRING, 0x06, 1, "Version"),
    ROW(CHASSIS_SERIAL, STRING, 0x07, 1, "Serial Number"),
    ROW(CHASSIS_ASSET, STRING, 0x08, 1, "Asset Tag"),
    ROW(CHASSIS_BOOT_UP_STATE, UINT, 0x09, 1, "Boot-up State"),
    ROW(CHASSIS_POWER_SUPPLY_STATE, UINT, 0x0a, 1, "Power Supply State"),
    ROW(CHASSIS_THERMAL_STATE, UINT, 0x0b, 1, "Thermal State"),
    ROW(CHASSIS_SECURITY_STATUS, UINT, 0x0c, 1, "Security Status"),
    ROW(CHASSIS_OEM_INFORMATION, UINT, 0x0d, 4, "OEM Information"),
    ROW(CHASSIS_HEIGHT, UINT, 0x11, 1, "Height"),
    ROW(CHASSIS_POWER_CORDS, UINT, 0x12, 1, "Number Of Power Cords"),
    ROW(CHASSIS_CONTAINED_COUNT, UINT, 0x13, 1, "Contained Elements"),
    ROW(CHASSIS_CONTAINED_LENGTH, UINT, 0x14, 1, NULL),
};

static const struct smbios_row processor_rows[] = {
    ROW(PROCESSOR_SOCKET, STRING, 0x04, 1, "Socket Designation"),
    ROW(PROCESSOR_TYPE, UINT, 0x05, 1, "Type"),
    ROW(PROCESSOR_FAMILY, FAMILY, 0x06, 1, "Family"),
    ROW(PROCESSOR_MANUFACTURER, STRING, 0x07, 1, "Manufacturer"),
    ROW(PROCESSOR_ID, BYTES, 0x08, 8, "ID"),
    ROW(PROCESSOR_VERSION, STRING, 0x10, 1, "Version"),
    BOTH(PROCESSOR_VOLTAGE, VOLTAGE, 0x11, 1, PROCESSOR_VOLTAGE_CAPABILITIES, "Voltage"),
    ROW(PROCESSOR_EXTERNAL_CLOCK, UINT, 0x12, 2, "External Clock"),
    ROW(PROCESSOR_MAXIMUM_SPEED, UINT, 0x14, 2, "Max Speed"),
    ROW(PROCESSOR_CURRENT_SPEED, UINT, 0x16, 2, "Current Speed"),
    PART(PROCESSOR_POPULATED, FLAG, 0x18, 1, 0x40, 6, NULL),
    PART(PROCESSOR_STATUS, UINT, 0x18, 1, 0x7, 0, NULL),
    BLANK(0x18, 1, 0xb8),
    ROW(PROCESSOR_UPGRADE, UINT, 0x19, 1, "Upgrade"),
    BOTH(PROCESSOR_L1_CACHE_HANDLE, HANDLE, 0x1a, 2, PROCESSOR_L1_CACHE, "L1 Cache Handle"),
    BOTH(PROCESSOR_L2_CACHE_HANDLE, HANDLE, 0x1c, 2, PROCESSOR_L2_CACHE, "L2 Cache Handle"),
    BOTH(PROCESSOR_L3_CACHE_HANDLE, HANDLE, 0x1e, 2, PROCESSOR_L3_CACHE, "L3 Cache Handle"),
    ROW(PROCESSOR_SERIAL, STRING, 0x20, 1, "Serial Number"),
    ROW(PROCESSOR_ASSET, STRING, 0x21, 1, "Asset Tag"),
    ROW(PROCESSOR_PART, STRING, 0x22, 1, "Part Number"),
    LONG(PROCESSOR_CORE_COUNT, COUNT, 0x23, 1, 0x2a, "Core Count"),
    LONG(PROCESSOR_CORE_ENABLED, COUNT, 0x24, 1, 0x2c, "Core Enabled"),
    LONG(PROCESSOR_THREAD_COUNT, COUNT, 0x25, 1, 0x2e, "Thread Count"),
    PART(PROCESSOR_CHARACTERISTICS, BITS, 0x26, 2, 0x3fe, 0, "Characteristics"),
    BLANK(0x26, 2, 0xfc01),
    ROW(PROCESSOR_FAMILY_2, UINT, 0x28, 2, NULL),
    ROW(PROCESSOR_CORE_COUNT_2, UINT, 0x2a, 2, NULL),
    ROW(PROCESSOR_CORE_ENABLED_2, UINT, 0x2c, 2, NULL),
    ROW(PROCESSOR_THREAD_COUNT_2, UINT, 0x2e, 2, NULL),
    ROW(PROCESSOR_THREAD_ENABLED, UINT, 0x30, 2, NULL),
    ROW(PROCESSOR_SOCKET_TYPE, STRING, 0x32, 1, "Socket Type"),
};

static const struct smbios_row memory_controller_rows[] = {
    ROW(MEMORY_CONTROLLER_ERROR_DETECTING, UINT, 0x04, 1, "Error Detecting Method"),
    PART(MEMORY_CONTROLLER_ERROR_CORRECTING, BITS, 0x05, 1, 0x3f, 0,
         "Error Correcting Capabilities"),
    BLANK(0x05, 1, 0xc0),
    ROW(MEMORY_CONTROLLER_SUPPORTED_INTERLEAVE, UINT, 0x06, 1, "Supported Interleave"),
    ROW(MEMORY_CONTROLLER_CURRENT_INTERLEAVE, UINT, 0x07, 1, "Current Interleave"),
    ROW(MEMORY_CONTROLLER_MAXIMUM_MODULE_SIZE, POWER_MB, 0x08, 1, "Maximum Memory Module Size"),
    PART(MEMORY_CONTROLLER_SUPPORTED_SPEEDS, BITS, 0x09, 2, 0x1f, 0, "Supported Speeds"),
    BLANK(0x09, 2, 0xffe0),
    PART(MEMORY_CONTROLLER_SUPPORTED_TYPES, BITS, 0x0b, 2, 0x7ff, 0, "Supported Memory Types"),
    BLANK(0x0b, 2, 0xf800),
    PART(MEMORY_CONTROLLER_MODULE_VOLTAGES, BITS, 0x0d, 1, 0x7, 0, "Memory Module Voltage"),
    BLANK(0x0d, 1, 0xf8),
    ROW(MEMORY_CONTROLLER_SLOT_COUNT, UINT, 0x0e, 1, "Associated Memory Slots"),
};

static const struct smbios_row memory_module_rows[] = {
    ROW(MEMORY_MODULE_SOCKET, STRING, 0x04, 1, "Socket Designation"),
    ROW(MEMORY_MODULE_BANK_CONNECTIONS, UINT, 0x05, 1, NULL),
    ROW(MEMORY_MODULE_SPEED, UINT, 0x06, 1, "Current Speed"),
    PART(MEMORY_MODULE_TYPE, BITS, 0x07, 2, 0x7ff, 0, "Type"),
    BLANK(0x07, 2, 0xf800),
    ROW(MEMORY_MODULE_INSTALLED_SIZE, UINT, 0x09, 1, NULL),
    ROW(MEMORY_MODULE_ENABLED_SIZE, UINT, 0x0a, 1, NULL),
    PART(MEMORY_MODULE_ERROR_STATUS, BITS, 0x0b, 1, 0x7, 0, "Error Status"),
    BLANK(0x0b, 1, 0xf8),
};

static const struct smbios_row cache_rows[] = {
    ROW(CACHE_DESIGNATION, STRING, 0x04, 1, "Socket Designation"),
    PART(CACHE_LEVEL, UINT, 0x05, 2, 0x7, 0, NULL),
    PART(CACHE_SOCKETED, UINT, 0x05, 2, 0x8, 3, NULL),
    PART(CACHE_LOCATION, UINT, 0x05, 2, 0x60, 5, "Location"),
    PART(CACHE_ENABLED, UINT, 0x05, 2, 0x80, 7, NULL),
    PART(CACHE_MODE, UINT, 0x05, 2, 0x300, 8, "Operational Mode"),
    BLANK(0x05, 2, 0xfc10),
    LONG(CACHE_MAXIMUM_SIZE, CACHE_SIZE, 0x07, 2, 0x13, "Maximum Size"),
    LONG(CACHE_INSTALLED_SIZE, CACHE_SIZE, 0x09, 2, 0x17, "Installed Size"),
    ROW(CACHE_MAXIMUM_SIZE_WORD, UINT, 0x07, 2, NULL),
    ROW(CACHE_INSTALLED_SIZE_WORD, UINT, 0x09, 2, NULL),
    PART(CACHE_SUPPORTED_SRAM, BITS, 0x0b, 2, 0x7f, 0, "Supported SRAM Types"),
    BLANK(0x0b, 2, 0xff80),
    PART(CACHE_CURRENT_SRAM, BITS, 0x0d, 2, 0x7f, 0, "Installed SRAM Type"),
    BLANK(0x0d, 2, 0xff80),
    ROW(CACHE_SPEED, UINT, 0x0f, 1, "Speed"),
    ROW(CACHE_ERROR_CORRECTION, UINT, 0x10, 1, "Error Correction Type"),
    ROW(CACHE_TYPE, UINT, 0x11, 1, "System Type"),
    ROW(CACHE_ASSOCIATIVITY, UINT, 0x12, 1, "Associativity"),
    ROW(CACHE_MAXIMUM_SIZE_2, UINT, 0x13, 4, NULL),
    ROW(CACHE_INSTALLED_SIZE_2, UINT, 0x17, 4, NULL),
};

static const struct smbios_row port_rows[] = {
    ROW(PORT_INTERNAL, STRING, 0x04, 1, "Internal Reference Designator"),
    ROW(PORT_INTERNAL_CONNECTOR, UINT, 0x05, 1, "Internal Connector Type"),
    ROW(PORT_EXTERNAL, STRING, 0x06, 1, "External Reference Designator"),
    ROW(PORT_EXTERNAL_CONNECTOR, UINT, 0x07, 1, "External Connector Type"),
    ROW(PORT_TYPE, UINT, 0x08, 1, "Port Type"),
};

static const struct smbios_row slot_rows[] = {
    ROW(SLOT_DESIGNATION, STRING, 0x04, 1, "Designation"),
    ROW(SLOT_TYPE, UINT, 0x05, 1, NULL),
    ROW(SLOT_WIDTH, UINT, 0x06, 1, NULL),
    ROW(SLOT_USAGE, UINT, 0x07, 1, "Current Usage"),
    ROW(SLOT_LENGTH, UINT, 0x08, 1, "Length"),
    ROW(SLOT_ID, UINT, 0x09, 2, NULL),
    ROW(SLOT_CHARACTERISTICS_1, BITS, 0x0b, 1, "Characteristics"),
    ROW(SLOT_CHARACTERISTICS_2, BITS, 0x0c, 1, "Characteristics"),
    ROW(SLOT_SEGMENT, UINT, 0x0d, 2, NULL),
    ROW(SLOT_BUS, UINT, 0x0f, 1, NULL),
    ROW(SLOT_DEVICE_FUNCTION, UINT, 0x10, 1, NULL),
    ROW(SLOT_BUS_WIDTH, UINT, 0x11, 1, "Data Bus Width"),
    ROW(SLOT_PEER_COUNT, UINT, 0x12, 1, "Peer Devices"),
};

static const struct smbios_row oem_strings_rows[] = {
    ROW(OEM_STRINGS_COUNT, UINT, 0x04, 1, NULL),
};

static const struct smbios_row configuration_options_rows[] = {
    ROW(CONFIGURATION_OPTIONS_COUNT, UINT, 0x04, 1, NULL),
};

static const struct smbios_row language_rows[] = {
    ROW(LANGUAGE_COUNT, UINT, 0x04, 1, "Installable Languages"),
    PART(LANGUAGE_FORMAT, UINT, 0x05, 1, 0x1, 0, "Language Description Format"),
    BLANK(0x05, 1, 0xfe),
    RESERVED(0x06, 15),
    ROW(LANGUAGE_CURRENT, STRING, 0x15, 1, "Currently Installed Language"),
};

static const struct smbios_row group_rows[] = {
    ROW(GROUP_NAME, STRING, 0x04, 1, "Name"),
};

static const struct smbios_row event_log_rows[] = {
    ROW(EVENT_LOG_AREA_LENGTH, UINT, 0x04, 2, "Area Length"),
    ROW(EVENT_LOG_HEADER_START, UINT, 0x06, 2, "Header Start Offset"),
    ROW(EVENT_LOG_DATA_START, UINT, 0x08, 2, "Data Start Offset"),
    ROW(EVENT_LOG_ACCESS_METHOD, UINT, 0x0a, 1, "Access Method"),
    PART(EVENT_LOG_STATUS, BITS, 0x0b, 1, 0x3, 0, NULL),
    BLANK(0x0b, 1, 0xfc),
    ROW(EVENT_LOG_CHANGE_TOKEN, UINT, 0x0c, 4, "Change Token"),
    ROW(EVENT_LOG_ACCESS_ADDRESS, UINT, 0x10, 4, NULL),
    ROW(EVENT_LOG_HEADER_FORMAT, UINT, 0x14, 1, "Header Format"),
    ROW(EVENT_LOG_DESCRIPTOR_COUNT, UINT, 0x15, 1, "Supported Log Type Descriptors"),
    ROW(EVENT_LOG_DESCRIPTOR_LENGTH, UINT, 0x16, 1, NULL),
};

static const struct smbios_row memory_array_rows[] = {
    ROW(MEMORY_ARRAY_LOCATION, UINT, 0x04, 1, "Location"),
    ROW(MEMORY_ARRAY_USE, UINT, 0x05, 1, "Use"),
    ROW(MEMORY_ARRAY_ERROR_CORRECTION, UINT, 0x06, 1, "Error Correction Type"),
    ROW(MEMORY_ARRAY_MAXIMUM_CAPACITY, CAPACITY, 0x07, 4, "Maximum Capacity"),
    BOTH(MEMORY_ARRAY_ERROR_HANDLE, HANDLE, 0x0b, 2, MEMORY_ARRAY_ERROR,
         "Error Information Handle"),
    ROW(MEMORY_ARRAY_DEVICE_COUNT, UINT, 0x0d, 2, "Number Of Devices"),
    ROW(MEMORY_ARRAY_MAXIMUM_CAPACITY_EXTENDED, UINT, 0x0f, 8, NULL),
};

static const struct smbios_row memory_device_rows[] = {
    BOTH(MEMORY_DEVICE_ARRAY_HANDLE, HANDLE, 0x04, 2, MEMORY_DEVICE_ARRAY, "Array Handle"),
    BOTH(MEMORY_DEVICE_ERROR_HANDLE, HANDLE, 0x06, 2, MEMORY_DEVICE_ERROR,
         "Error Information Handle"),
    ROW(MEMORY_DEVICE_TOTAL_WIDTH, UINT, 0x08, 2, "Total Width"),
    ROW(MEMORY_DEVICE_DATA_WIDTH, UINT, 0x0a, 2, "Data Width"),
    ROW(MEMORY_DEVICE_SIZE, DIMM_SIZE, 0x0c, 2, "Size"),
    ROW(MEMORY_DEVICE_FORM, UINT, 0x0e, 1, "Form Factor"),
    ROW(MEMORY_DEVICE_SET, UINT, 0x0f, 1, "Set"),
    ROW(MEMORY_DEVICE_LOCATOR, STRING, 0x10, 1, "Locator"),
    ROW(MEMORY_DEVICE_BANK_LOCATOR, STRING, 0x11, 1, "Bank Locator"),
    ROW(MEMORY_DEVICE_TYPE, UINT, 0x12, 1, "Type"),
    PART(MEMORY_DEVICE_DETAIL, BITS, 0x13, 2, 0xfffe, 0, "Type Detail"),
    BLANK(0x13, 2, 0x1),
    LONG(MEMORY_DEVICE_SPEED, SPEED, 0x15, 2, 0x54, "Speed"),
    ROW(MEMORY_DEVICE_MANUFACTURER, STRING, 0x17, 1, "Manufacturer"),
    ROW(MEMORY_DEVICE_SERIAL, STRING, 0x18, 1, "Serial Number"),
    ROW(MEMORY_DEVICE_ASSET, STRING, 0x19, 1, "Asset Tag"),
    ROW(MEMORY_DEVICE_PART, STRING, 0x1a, 1, "Part Number"),
    PART(MEMORY_DEVICE_RANK, UINT, 0x1b, 1, 0xf, 0, "Rank"),
    BLANK(0x1b, 1, 0xf0),
    ROW(MEMORY_DEVICE_SIZE_EXTENDED, UINT, 0x1c, 4, NULL),
    LONG(MEMORY_DEVICE_CONFIGURED_SPEED, SPEED, 0x20, 2, 0x58, "Configured Memory Speed"),
    ROW(MEMORY_DEVICE_MINIMUM_VOLTAGE, UINT, 0x22, 2, "Minimum Voltage"),
    ROW(MEMORY_DEVICE_MAXIMUM_VOLTAGE, UINT, 0x24, 2, "Maximum Voltage"),
    ROW(MEMORY_DEVICE_CONFIGURED_VOLTAGE, UINT, 0x26, 2, "Configured Voltage"),
    ROW(MEMORY_DEVICE_TECHNOLOGY, UINT, 0x28, 1, "Memory Technology"),
    PART(MEMORY_DEVICE_OPERATING_MODES, BITS, 0x29, 2, 0x3e, 0,
         "Memory Operating Mode Capability"),
    BLANK(0x29, 2, 0xffc1),
    ROW(MEMORY_DEVICE_FIRMWARE_VERSION, STRING, 0x2b, 1, "Firmware Version"),
    PART(MEMORY_DEVICE_MODULE_MANUFACTURER, UINT, 0x2c, 2, 0xff7f, 0, "Module Manufacturer ID"),
    BLANK(0x2c, 2, 0x80),
    ROW(MEMORY_DEVICE_MODULE_PRODUCT, UINT, 0x2e, 2, "Module Product ID"),
    PART(MEMORY_DEVICE_CONTROLLER_MANUFACTURER, UINT, 0x30, 2, 0xff7f, 0,
         "Memory Subsystem Controller Manufacturer ID"),
    BLANK(0x30, 2, 0x80),
    ROW(MEMORY_DEVICE_CONTROLLER_PRODUCT, UINT, 0x32, 2,
        "Memory Subsystem Controller Product ID"),
    ROW(MEMORY_DEVICE_NON_VOLATILE_SIZE, UINT, 0x34, 8, "Non-Volatile Size"),
    ROW(MEMORY_DEVICE_VOLATILE_SIZE, UINT, 0x3c, 8, "Volatile Size"),
    ROW(MEMORY_DEVICE_CACHE_SIZE, UINT, 0x44, 8, "Cache Size"),
    ROW(MEMORY_DEVICE_LOGICAL_SIZE, UINT, 0x4c, 8, "Logical Size"),
    ROW(MEMORY_DEVICE_SPEED_EXTENDED, UINT, 0x54, 4, NULL),
    ROW(MEMORY_DEVICE_CONFIGURED_SPEED_EXTENDED, UINT, 0x58, 4, NULL),
    PART(MEMORY_DEVICE_PMIC_MANUFACTURER, UINT, 0x5c, 2, 0xff7f, 0, "PMIC0 Manufacturer ID"),
    BLANK(0x5c, 2, 0x80),
    ROW(MEMORY_DEVICE_PMIC_REVISION, UINT, 0x5e, 2, "PMIC0 Revision Number"),
    PART(MEMORY_DEVICE_RCD_MANUFACTURER, UINT, 0x60, 2, 0xff7f, 0, "RCD Manufacturer ID"),
    BLANK(0x60, 2, 0x80),
    ROW(MEMORY_DEVICE_RCD_REVISION, UINT, 0x62, 2, "RCD Revision Number"),
};

const struct smbios_type smbios_types_low[] = {
    TYPE(0, 0x12, 0x00, bios, "bios", "BIOS Information"),
    TYPE(1, 0x08, 0x00, system, "system", "System Information"),
    TYPE(2, 0x08, 0x05, baseboard, "baseboard", "Base Board Information"),
    TYPE(3, 0x09, 0x00, chassis, "chassis", "Chassis Information"),
    TYPE(4, 0x1a, 0x04, processor, "processor", "Processor Information"),
    TYPE(5, 0x0f, 0x00, memory_controller, "memory-controller",
         "Memory Controller Information"),
    TYPE(6, 0x0c, 0x04, memory_module, "memory-module", "Memory Module Information"),
    TYPE(7, 0x0f, 0x04, cache, "cache", "Cache Information"),
    TYPE(8, 0x09, 0x04, port, "port", "Port Connector Information"),
    TYPE(9, 0x0c, 0x04, slot, "slot", "System Slot Information"),
    BARE(10, 0x06, 0x00, "onboard-devices", "On Board Device Information"),
    TYPE(11, 0x05, 0x00, oem_strings, "oem-strings", "OEM Strings"),
    TYPE(12, 0x05, 0x00, configuration_options, "configuration-options",
         "System Configuration Options"),
    TYPE(13, 0x16, 0x00, language, "language", "BIOS Language Information"),
    TYPE(14, 0x05, 0x04, group, "group", "Group Associations"),
    TYPE(15, 0x14, 0x00, event_log, "event-log", "System Event Log"),
    TYPE(16, 0x0f, 0x00, memory_array, "memory-array", "Physical Memory Array"),
    TYPE(17, 0x15, 0x10, memory_device, "memory-device", "Memory Device"),
};

const size_t smbios_types_low_count = ARRAY_LEN(smbios_types_low);
