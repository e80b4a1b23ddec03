if(ServiceName = '', 'unknown_service', toString(ServiceName))
